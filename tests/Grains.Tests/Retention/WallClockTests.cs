using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Retention;

/// <summary>Populations by the wall clock: their data expires when its time has come, whether anybody touches them or not.</summary>
public sealed class WallClockTests : IAsyncLifetime
{
    private const string Name = "wall";

    private readonly SteppedClock _clock = new();
    private SheafCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SheafCluster.StartAsync(1, clock: _clock);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Expiry_WhenItsTimeHasComeByTheClock_DeletesOfTheDevicesThatAreDue()
    {
        await PushAsync(("ann", 0, 0), ("ann", 1, 5), ("bob", 2, 5));
        Assert.Equal(3, (await TotalsAsync()).Examples);

        _clock.Advance(TimeSpan.FromDays(6));
        await UntilAsync(2);

        Assert.Equal([$"{Name}/ann"], _cluster.Calls.KeysOf(nameof(IDeviceIntake.ExpireAsync), $"{Name}/"));
        Assert.False(IsStored("ann", "ann said 0"));
        _clock.Advance(TimeSpan.FromDays(5));
        await UntilAsync(0);
        Assert.Equal(0, (await TotalsAsync()).Overdue);
    }

    [Fact]
    public async Task Expiry_SoonerThanWhatIsAwaited_IsNotMissed()
    {
        await PushAsync(("ann", 0, 0));
        await _cluster.Population(Name).IntakeAsync([Row("bob", 1, -4)]);

        _clock.Advance(TimeSpan.FromDays(2));

        await SheafCluster.UntilAsync("bob's example is gone", () => Task.FromResult(!IsStored("bob", "bob said")));
        Assert.True(IsStored("ann", "ann said"));
    }

    [Fact]
    public async Task Expiry_ADeviceThatCannotBeReached_IsOverdueAndTriedAgainAndNobodyWaitsForIt()
    {
        await PushAsync(("ann", 0, 0), ("bob", 1, 0));
        _cluster.Faults.FailOnce(nameof(IDeviceIntake.ExpireAsync), $"{Name}/ann");

        _clock.Advance(TimeSpan.FromDays(6));
        await UntilAsync(1);

        Assert.Equal((0, 1L), (_cluster.Faults.Waiting, (await TotalsAsync()).Overdue));
        Assert.True(IsStored("ann", "ann said"));
        await SheafCluster.UntilAsync("ann is tried again", async () =>
        {
            // The pause begins when the failure is known.
            _clock.Advance(TimeSpan.FromMinutes(2));
            return (await TotalsAsync()).Overdue == 0;
        });
        Assert.False(IsStored("ann", "ann said"));
    }

    [Fact]
    public async Task Expiry_AfterTheShardsHaveSlept_IsKeptBySilosThatStart()
    {
        await PushAsync(("ann", 0, 0));
        Assert.Equal([Name], await _cluster.Grains.GetGrain<IWallClocks>(0).GetAsync());
        await SleepShardsAsync();
        Assert.Empty(await _cluster.ActivationsAsync<ActivityShardGrain>());

        await _cluster.StartSiloAsync();
        await SheafCluster.UntilAsync("the shards are awake", async () => (await _cluster.ActivationsAsync<ActivityShardGrain>()).Count == 4);
        _clock.Advance(TimeSpan.FromDays(6));

        await SheafCluster.UntilAsync("ann's example is gone", () => Task.FromResult(!IsStored("ann", "ann said")));
    }

    [Fact]
    public async Task Register_GeneratedByTheWallClock_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            _cluster.Population("wall-generated").RegisterAsync(TinyStudy.Population() with { Clock = PopulationSpec.WallClock }));

        Assert.StartsWith("A generated population cannot have the clock 'wall'. Use data, or wall for a pushed one.", refused.Message, StringComparison.Ordinal);
    }

    private Arrival Row(string device, int row, double days) => new(device, row, _clock.GetUtcNow().AddDays(days), $"{device} said {row}", "play", false);

    private bool IsStored(string device, string text) => DatabaseRows.Contains(Assert.Single(DatabaseRows.PayloadsOf(_cluster.DatabaseFile, $"{Name}/{device}")), text);

    private async Task PushAsync(params (string Device, int Row, double Days)[] rows)
    {
        var population = _cluster.Population(Name);
        await population.RegisterAsync(TinyStudy.Pushed(ageMax: TimeSpan.FromDays(5)) with { Clock = PopulationSpec.WallClock });
        await population.IntakeAsync([.. rows.Select(row => Row(row.Device, row.Row, row.Days))]);
        await population.SealAsync(default);
    }

    private Task<PopulationTotals> TotalsAsync() => _cluster.Population(Name).GetTotalsAsync();

    private Task UntilAsync(int examples) =>
        SheafCluster.UntilAsync($"{examples} examples are left", async () => (await TotalsAsync()).Examples == examples);

    private async Task SleepShardsAsync()
    {
        foreach (var shard in Enumerable.Range(0, 4))
        {
            await _cluster.SleepAsync(_cluster.Grains.GetGrain<IActivityShard>(ShardKey.Of(Name, shard)));
        }
    }
}
