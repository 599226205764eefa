using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Snapshots;

/// <summary>The row that says how far a round has come.</summary>
[Collection(Clusters.Name)]
public sealed class SnapshotRowTests(SharedClusters shared)
{
    [Fact]
    public async Task Write_BySomebodyWhoWasSuperseded_IsRefused()
    {
        var (old, next) = (RowOf("row-superseded"), RowOf("row-superseded"));
        await old.WriteAsync(new RoundSnapshot { Epoch = 1, Round = 3, NamesEnd = 1 });

        Assert.Equal(1, (await next.ReadAsync())!.NamesEnd);
        Assert.True(await next.TryWriteAsync(new RoundSnapshot { Epoch = 2, Round = 3, NamesEnd = 2 }));

        await Assert.ThrowsAsync<SupersededException>(() => old.WriteAsync(new RoundSnapshot { Epoch = 1, Round = 3, NamesEnd = 9 }));
        await Assert.ThrowsAsync<SupersededException>(() => old.RemoveAsync(1));
        Assert.Equal(2, (await next.ReadAsync())!.NamesEnd);
        await next.RemoveAsync(2);
        await next.RemoveAsync(2);
        Assert.Null(await next.ReadAsync());
    }

    [Fact]
    public async Task TryWrite_WrittenMeanwhile_SaysSoAndWritesNothing()
    {
        var (old, next) = (RowOf("row-meanwhile"), RowOf("row-meanwhile"));
        await old.WriteAsync(new RoundSnapshot { Epoch = 1, Round = 3 });
        await next.ReadAsync();
        await old.WriteAsync(new RoundSnapshot { Epoch = 1, Round = 3, Erased = [7] });

        Assert.False(await next.TryWriteAsync(new RoundSnapshot { Epoch = 2, Round = 3 }));

        var stored = await next.ReadAsync();
        Assert.Equal([7], stored!.Erased);
    }

    [Fact]
    public async Task Write_OverALateOneOfAnOlderEpoch_Wins()
    {
        var (old, next) = (RowOf("row-late"), RowOf("row-late"));
        Assert.Null(await next.ReadAsync());
        await old.WriteAsync(new RoundSnapshot { Epoch = 1, Round = 3 });

        await next.WriteAsync(new RoundSnapshot { Epoch = 2, Round = 3 });

        Assert.Equal(2, (await old.ReadAsync())!.Epoch);
    }

    private SnapshotRow RowOf(string task) => new(shared.One.Storage, shared.One.Coordinator(task).GetGrainId());
}
