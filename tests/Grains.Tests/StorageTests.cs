using Orleans.Storage;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Tests.Storage;
using Sheaf.Silo.Hosting;
using Sheaf.Silo.Storage;

namespace Sheaf.Grains.Tests;

/// <summary>What the grains rely on, on SQLite.</summary>
[Collection(Clusters.Name)]
public sealed class StorageTests(SharedClusters shared) : StorageContract
{
    protected override IGrainStorage Storage => shared.One.Storage;

    protected override Task<byte[][]> PayloadsOfAsync(string grainKey) => Task.FromResult(DatabaseRows.PayloadsOf(shared.One.DatabaseFile, grainKey, StateName));

    [Fact]
    public async Task Schema_CreatedByManyAtOnceAndAgain_IsTheSame()
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-schema-");
        try
        {
            var source = new SqliteDataSource(Path.Combine(folder.FullName, "cluster.db"));
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => SqliteSchema.EnsureAsync(source, default))));
            await SqliteSchema.EnsureAsync(source, default);

            await using var connection = await source.OpenConnectionAsync();
            await using var query = connection.CreateCommand();
            query.CommandText = "SELECT group_concat(QueryKey, ' ') FROM (SELECT QueryKey FROM OrleansQuery ORDER BY QueryKey)";
            Assert.Equal("ClearStorageKey DeleteStorageKey ReadFromStorageKey WriteToStorageKey", await query.ExecuteScalarAsync());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Hosts_OneAfterAnotherOnTheSameFile_KeepPopulationsDevicesAndTasks()
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-hosts-");
        try
        {
            var record = await RunHostAsync(folder.FullName, isFirst: true);
            Assert.Equal(record, await RunHostAsync(folder.FullName, isFirst: false));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunHostAsync(string folder, bool isFirst)
    {
        await using var host = await EmbeddedCluster.StartAsync(folder);
        var population = host.Grains.GetGrain<IPopulation>("kept");
        var task = host.Grains.GetGrain<IRoundCoordinator>("kept");
        if (isFirst)
        {
            await population.RegisterAsync(TinyStudy.Population());
            await population.SealAsync(default);
            await host.Grains.GetGrain<IDevice>(DeviceKey.Of("kept", "3")).EraseAsync(EraseSpec.All);
            await task.StartAsync(TinyStudy.Task("kept", 601, rounds: 1));
            await SheafCluster.UntilAsync("the task has ended", async () => (await task.GetProgressAsync(0)).Status != TaskRunStatus.Running);
        }

        Assert.Equal(TinyStudy.Population(), await population.GetSpecAsync());
        var progress = await task.GetProgressAsync(0);
        Assert.Equal(TaskRunStatus.Completed, progress.Status);
        var receipt = Assert.Single((await host.Grains.GetGrain<IDevice>(DeviceKey.Of("kept", "3")).GetStatusAsync()).Receipts);
        return $"{Assert.Single(progress.Records).Checkpoint} {receipt.LogicallyErasedAt:O}";
    }
}
