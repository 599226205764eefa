using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Two silos and clients that speak TLS with each other.</summary>
[Collection(TlsTests.Name)]
public sealed class TlsClusterTests(TlsFixture fixture)
{
    [Fact]
    public async Task Run_OnTwoSilosWithTls_CompletesWithDevicesOnBoth()
    {
        var grains = await fixture.AsAsync("submit");
        var name = await Spread.NameAsync(fixture.Service<IGrainFactory>(0), "tiny");
        var population = grains.GetGrain<IPopulation>(name);
        await population.RegisterAsync(TinyStudy.Population());
        await population.SealAsync(default);
        var task = grains.GetGrain<IRoundCoordinator>(name);
        await task.StartAsync(TinyStudy.Task(name, SharedClusters.ReferenceSeed));

        await SheafCluster.UntilAsync("the task has ended", async () => (await task.GetProgressAsync(0)).Status != TaskRunStatus.Running);

        Assert.Equal((TaskRunStatus.Completed, null), ((await task.GetProgressAsync(0)).Status, (await task.GetProgressAsync(0)).Failure));
        var statistics = await fixture.Service<IGrainFactory>(0).GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        Assert.Equal(2, statistics.Where(each => each.GrainType.Contains(nameof(DeviceGrain), StringComparison.Ordinal)).Select(each => each.SiloAddress).Distinct().Count());
    }
}
