using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>A silo that is asked for ten times what it takes on refuses the rest at once.</summary>
public sealed class BackPressureTests
{
    private const int RequestsMax = 100;
    private const int Calls = 10 * RequestsMax;

    // A silo counts those that wait before it lets one more wait, several threads at once: some more than the limit may slip in.
    private const int TakenMax = 2 * RequestsMax;

    [Fact]
    public async Task Population_TenTimesTheCallsThatMayWait_RefusesTheRestAndServesTheOthers()
    {
        await using var cluster = await SheafCluster.StartAsync(1, requestsMax: RequestsMax);
        await cluster.RegisterAsync("busy");
        var hold = cluster.Calls.Hold(nameof(IPopulation.RegisterAsync), "busy");
        var calls = Enumerable.Range(0, Calls).Select(_ => RefusedAsync(cluster.Population("busy"))).ToArray();

        // Those that are refused know it while the others still wait.
        await SheafCluster.UntilAsync("the rest is refused", () => Task.FromResult(calls.Count(call => call.IsCompleted) >= Calls - TakenMax));
        hold.SetResult();
        var served = (await Task.WhenAll(calls)).Count(isRefused => !isRefused);

        Assert.InRange(served, RequestsMax, TakenMax);
        Assert.NotNull(await cluster.Population("busy").GetSpecAsync());
    }

    private static async Task<bool> RefusedAsync(IPopulation population)
    {
        try
        {
            await population.RegisterAsync(TinyStudy.Population());
            return false;
        }
        catch (LimitExceededException)
        {
            return true;
        }
    }
}
