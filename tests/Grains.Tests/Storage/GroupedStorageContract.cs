using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;
using Sheaf.Grains.Devices;
using Sheaf.Silo.Storage.Grouped;

namespace Sheaf.Grains.Tests.Storage;

/// <summary>The same of many states at once, in the rows of AdoNet's own storage.</summary>
public abstract class GroupedStorageContract : StorageContract
{
    protected override string StateName => "grouped";

    protected override IGrainStorage Storage => new GroupedStorage(AdoNet, StateName, Rows, Service<IGrainStorageSerializer>(StorageNames.Provider));

    /// <summary>AdoNet's storage of the same rows.</summary>
    protected abstract IGrainStorage AdoNet { get; }

    private protected abstract IRowBatches Rows { get; }

    protected string ServiceId => Service<IOptions<ClusterOptions>>().Value.ServiceId;

    protected abstract T Service<T>(object? key = null)
        where T : notnull;

    [SkippableFact]
    public async Task Rows_WrittenByOneWay_AreReadAndChangedByTheOther()
    {
        var (alone, together) = (AdoNet, Storage);
        foreach (var (id, first, second) in new[]
        {
            (GrainId.Create("device", "p/alone"), alone, together), (GrainId.Create("device", "p/together ü"), together, alone), (GrainId.Create("device", "1+x/2"), together, alone),
        })
        {
            var row = new GrainState<DeviceState>(new DeviceState { RowWatermark = 1 });
            await first.WriteStateAsync(StateName, id, row);
            var seen = await ReadAsync(second, id);
            Assert.Equal((row.ETag, true, 1), (seen.ETag, seen.RecordExists, seen.State!.RowWatermark));

            seen.State.RowWatermark = 2;
            await second.WriteStateAsync(StateName, id, seen);

            await Assert.ThrowsAsync<InconsistentStateException>(() => first.WriteStateAsync(StateName, id, row));
            Assert.Equal((seen.ETag, 2), (await ReadAsync(first, id)) switch { var read => (read.ETag, read.State!.RowWatermark) });
        }
    }

    [SkippableFact]
    public async Task Write_ManyAtOnceOfWhichSomeAreLate_RefusesThoseAlone()
    {
        var storage = Storage;
        var rows = await Task.WhenAll(Enumerable.Range(0, 2000).Select(async at =>
        {
            var row = new GrainState<DeviceState>(new DeviceState { RowWatermark = at });
            await storage.WriteStateAsync(StateName, Id(at), row);
            return row;
        }));
        // Every tenth knows an older version than what is stored.
        foreach (var row in rows.Where(row => row.State!.RowWatermark % 10 == 0))
        {
            row.ETag = "7";
        }

        var refused = await Task.WhenAll(rows.Select(async row =>
        {
            var before = row.State!.RowWatermark;
            row.State.RowWatermark += 10_000;
            try
            {
                await storage.WriteStateAsync(StateName, Id(before), row);
                return -1;
            }
            catch (InconsistentStateException)
            {
                return before;
            }
        }));

        Assert.Equal(Enumerable.Range(0, 200).Select(at => at * 10L), refused.Where(at => at >= 0));
        var read = await Task.WhenAll(rows.Select((_, at) => ReadAsync(storage, Id(at))));
        Assert.All(read, (row, at) => Assert.Equal(at + (at % 10 == 0 ? 0 : 10_000), row.State!.RowWatermark));

        static GrainId Id(long at) => GrainId.Create("test", $"many/{at}");
    }

    private async Task<GrainState<DeviceState>> ReadAsync(IGrainStorage storage, GrainId id)
    {
        var row = new GrainState<DeviceState>(new DeviceState());
        await storage.ReadStateAsync(StateName, id, row);
        return row;
    }
}
