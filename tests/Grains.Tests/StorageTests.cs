using Orleans.Storage;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Silo.Hosting;
using Sheaf.Silo.Storage;

namespace Sheaf.Grains.Tests;

/// <summary>What the grains rely on, on SQLite.</summary>
[Collection(Clusters.Name)]
public sealed class StorageTests(SharedClusters shared)
{
    private const string StateName = "contract";

    private IGrainStorage Storage => shared.One.Storage;

    [Fact]
    public async Task Write_ThenRead_ReturnsWhatWasWritten()
    {
        var id = GrainId.Create("test", "a key with / and ' and ü");
        var missing = await ReadAsync(id);
        Assert.False(missing.RecordExists);
        Assert.Empty(missing.State!.Examples);

        var written = await WriteAsync(id, missing, watermark: 41);
        Assert.True(written.RecordExists);
        await WriteAsync(id, written, watermark: 42);

        var read = await ReadAsync(id);
        Assert.True(read.RecordExists);
        Assert.Equal((42, written.ETag), (read.State!.RowWatermark, read.ETag));
        Assert.False((await ReadAsync(GrainId.Create("test", "another key"))).RecordExists);
        var otherState = new GrainState<DeviceState>(new DeviceState());
        await Storage.ReadStateAsync("another-state", id, otherState);
        Assert.False(otherState.RecordExists);
    }

    [Fact]
    public async Task Write_AfterSomebodyElse_IsRefusedAndChangesNothing()
    {
        var id = GrainId.Create("test", "contended");
        var first = await WriteAsync(id, await ReadAsync(id), watermark: 1);
        var late = await ReadAsync(id);
        await WriteAsync(id, first, watermark: 2);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(id, late, watermark: 3));
        Assert.Equal(2, (await ReadAsync(id)).State!.RowWatermark);
    }

    [Fact]
    public async Task Write_ByTwoWhoBothSawNoRow_RefusesTheSecond()
    {
        var id = GrainId.Create("test", "created-twice");
        var (one, two) = (await ReadAsync(id), await ReadAsync(id));
        await WriteAsync(id, one, watermark: 1);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(id, two, watermark: 2));
        Assert.Equal(1, (await ReadAsync(id)).State!.RowWatermark);
        Assert.Single(DatabaseRows.PayloadsOf(shared.One.DatabaseFile, "created-twice"));
    }

    [Fact]
    public async Task Write_ByManyAtOnce_LetsExactlyOneThrough()
    {
        var id = GrainId.Create("test", "raced");
        await WriteAsync(id, await ReadAsync(id), watermark: 0);
        var rows = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(id)));

        var refused = await Task.WhenAll(rows.Select((row, at) => Task.Run(async () =>
        {
            try
            {
                await WriteAsync(id, row, watermark: at + 1);
                return false;
            }
            catch (InconsistentStateException)
            {
                return true;
            }
        })));

        Assert.Equal(7, refused.Count(isRefused => isRefused));
        Assert.Equal(Array.IndexOf(refused, false) + 1, (await ReadAsync(id)).State!.RowWatermark);
    }

    [Fact]
    public async Task Clear_RemovesTheRowUnlessItHasChanged()
    {
        var id = GrainId.Create("test", "cleared");
        var first = await WriteAsync(id, await ReadAsync(id), watermark: 1);
        var late = await ReadAsync(id);
        await WriteAsync(id, first, watermark: 2);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync(StateName, id, late));
        Assert.Single(DatabaseRows.PayloadsOf(shared.One.DatabaseFile, "cleared"));

        await Storage.ClearStateAsync(StateName, id, first);
        Assert.Empty(DatabaseRows.PayloadsOf(shared.One.DatabaseFile, "cleared"));
        var read = await ReadAsync(id);
        Assert.False(read.RecordExists);
        Assert.Equal(7, (await WriteAsync(id, read, watermark: 7)).State!.RowWatermark);
    }

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

    private async Task<GrainState<DeviceState>> ReadAsync(GrainId id)
    {
        var row = new GrainState<DeviceState>(new DeviceState());
        await Storage.ReadStateAsync(StateName, id, row);
        return row;
    }

    private async Task<GrainState<DeviceState>> WriteAsync(GrainId id, GrainState<DeviceState> row, long watermark)
    {
        row.State!.RowWatermark = watermark;
        await Storage.WriteStateAsync(StateName, id, row);
        return row;
    }
}
