using Orleans.Storage;
using Sheaf.Grains.Devices;

namespace Sheaf.Grains.Tests.Storage;

/// <summary>What the grains rely on, whatever the database.</summary>
public abstract class StorageContract
{
    protected virtual string StateName => "contract";

    /// <summary>The storage.</summary>
    protected abstract IGrainStorage Storage { get; }

    /// <summary>The payloads of a grain's rows of <see cref="StateName"/>, read past the storage.</summary>
    protected abstract Task<byte[][]> PayloadsOfAsync(string grainKey);

    [SkippableFact]
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

    [SkippableFact]
    public async Task Write_AfterSomebodyElse_IsRefusedAndChangesNothing()
    {
        var id = GrainId.Create("test", "contended");
        var first = await WriteAsync(id, await ReadAsync(id), watermark: 1);
        var late = await ReadAsync(id);
        await WriteAsync(id, first, watermark: 2);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(id, late, watermark: 3));
        Assert.Equal(2, (await ReadAsync(id)).State!.RowWatermark);
    }

    [SkippableFact]
    public async Task Write_ByTwoWhoBothSawNoRow_RefusesTheSecond()
    {
        var id = GrainId.Create("test", "created-twice");
        var (one, two) = (await ReadAsync(id), await ReadAsync(id));
        await WriteAsync(id, one, watermark: 1);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(id, two, watermark: 2));
        Assert.Equal(1, (await ReadAsync(id)).State!.RowWatermark);
        Assert.Single(await PayloadsOfAsync("created-twice"));
    }

    [SkippableFact]
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

    [SkippableFact]
    public async Task Clear_RemovesTheRowUnlessItHasChanged()
    {
        var id = GrainId.Create("test", "cleared");
        var first = await WriteAsync(id, await ReadAsync(id), watermark: 1);
        var late = await ReadAsync(id);
        await WriteAsync(id, first, watermark: 2);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync(StateName, id, late));
        Assert.Single(await PayloadsOfAsync("cleared"));

        await Storage.ClearStateAsync(StateName, id, first);
        Assert.Empty(await PayloadsOfAsync("cleared"));
        var read = await ReadAsync(id);
        Assert.False(read.RecordExists);
        Assert.Equal(7, (await WriteAsync(id, read, watermark: 7)).State!.RowWatermark);
    }

    [SkippableFact]
    public async Task Write_SeveralMegabytes_ComeBackAsTheyWere()
    {
        var id = GrainId.Create("test", "large");
        var row = new GrainState<byte[]>(new byte[5_000_000]);
        new Random(1).NextBytes(row.State!);
        await Storage.WriteStateAsync(StateName, id, row);

        var read = new GrainState<byte[]>([]);
        await Storage.ReadStateAsync(StateName, id, read);

        Assert.True(row.State.AsSpan().SequenceEqual(read.State));
        // Bytes, not a text of bytes.
        Assert.InRange(Assert.Single(await PayloadsOfAsync("large")).Length, 5_000_000, 5_000_100);
    }

    [SkippableFact]
    public async Task Write_KeysThatAreLongOrAlike_AreToldApart()
    {
        var longest = new string('k', 5000);
        GrainId[] ids =
        [
            GrainId.Create("test", longest), GrainId.Create("test", longest + "a"), GrainId.Create("test", "case"), GrainId.Create("test", "CASE"),
            GrainId.Create("test", "case "), GrainId.Create(GrainType.Create("test"), GrainIdKeyExtensions.CreateIntegerKey(0)), GrainId.Create(GrainType.Create("test"), GrainIdKeyExtensions.CreateIntegerKey(0, "x")),
        ];
        foreach (var (at, id) in ids.Index())
        {
            await WriteAsync(id, await ReadAsync(id), watermark: at + 1);
        }

        foreach (var (at, id) in ids.Index())
        {
            Assert.Equal(at + 1, (await ReadAsync(id)).State!.RowWatermark);
        }
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
