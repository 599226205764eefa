using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Silo.Hosting;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>Three silos that know each other through PostgreSQL.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresClusterTests(PostgresFixture fixture)
{
    [SkippableFact]
    public async Task Run_OnThreeSilosOnPostgres_SameRecordsAsOnOneOnSqlite()
    {
        var grains = fixture.Hosts.Grains;
        var name = await Spread.NameAsync(grains, "tiny");
        var records = await RunAsync(grains, name);

        Assert.Equal(TinyStudy.Comparable(await RunOnSqliteAsync(name)), TinyStudy.Comparable(records));
        Assert.Equal(TinyStudy.Rounds, records.Length);
        // The claim is about several silos only if the devices were on all of them.
        var statistics = await grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var devices = statistics.Where(each => each.GrainType.Contains(nameof(DeviceGrain), StringComparison.Ordinal) && each.GrainId.Key.ToString()!.StartsWith($"{name}/", StringComparison.Ordinal));
        Assert.Equal(3, devices.Select(each => each.SiloAddress).Distinct().Count());
    }

    [SkippableFact]
    public async Task Membership_OfThreeSilos_IsInTheDatabase()
    {
        Assert.NotNull(fixture.Hosts);
        // 3: active.
        Assert.Equal(
            ["silo-0 3", "silo-1 3", "silo-2 3"],
            await PostgresServer.QueryAsync(fixture.Database, "SELECT SiloName || ' ' || Status FROM OrleansMembership WHERE DeploymentId = 'test' ORDER BY 1"));
    }

    private static async Task<ImmutableArray<RoundRecord>> RunOnSqliteAsync(string name)
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-reference-");
        try
        {
            await using var host = await EmbeddedCluster.StartAsync(folder.FullName);
            return await RunAsync(host.Grains, name);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ImmutableArray<RoundRecord>> RunAsync(IGrainFactory grains, string name)
    {
        var population = grains.GetGrain<IPopulation>(name);
        await population.RegisterAsync(TinyStudy.Population());
        await population.SealAsync(default);
        var task = grains.GetGrain<IRoundCoordinator>(name);
        await task.StartAsync(TinyStudy.Task(name, SharedClusters.ReferenceSeed));
        await SheafCluster.UntilAsync("the task has ended", async () => (await task.GetProgressAsync(0)).Status != TaskRunStatus.Running);
        var progress = await task.GetProgressAsync(0);
        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        return progress.Records;
    }
}
