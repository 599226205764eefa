using Sheaf.Grains.Devices;
using Sheaf.Grains.Rounds;

namespace Sheaf.Grains.Tests.Retention;

/// <summary>What a device remembers of rounds that may be committed with its examples.</summary>
public sealed class PendingRoundTests
{
    private readonly List<PendingRound> _pending = [];

    [Fact]
    public void Note_OtherAttemptOfTheEpoch_RemembersWhatBothUse()
    {
        Assert.True(PendingRound.Note(_pending, Slice(epoch: 1, round: 3), [1, 2]));
        Assert.True(PendingRound.Note(_pending, Slice(epoch: 1, round: 3), [2, 3]));
        Assert.False(PendingRound.Note(_pending, Slice(epoch: 1, round: 3), [1, 3]));

        Assert.Equal([1, 2, 3], Assert.Single(_pending).Ids.AsEnumerable());
    }

    [Fact]
    public void Note_RoundOfTheSameNumberInALaterEpoch_ForgetsTheEarlierOne()
    {
        PendingRound.Note(_pending, Slice(epoch: 1, round: 3), [1, 2]);
        Assert.True(PendingRound.Note(_pending, Slice(epoch: 2, round: 3), [4]));
        Assert.False(PendingRound.Note(_pending, Slice(epoch: 1, round: 3), [5]));

        Assert.Equal([4], Assert.Single(_pending).Ids.AsEnumerable());
        Assert.True(PendingRound.Note(_pending, Slice(epoch: 3, round: 3), []));
        Assert.Empty(_pending);
    }

    [Fact]
    public void Note_NextRound_ForgetsTheOneBeforeAndNoOtherTasks()
    {
        PendingRound.Note(_pending, Slice(epoch: 1, round: 3), [1]);
        PendingRound.Note(_pending, Slice(epoch: 1, round: 3) with { Task = "other" }, [2]);
        PendingRound.Note(_pending, Slice(epoch: 1, round: 4), [3]);

        Assert.Equal([("other", 3), ("task", 4)], _pending.Select(each => (each.Task, each.Round)));
    }

    private static SliceKey Slice(long epoch, int round) => new("task", epoch, round, SliceKind.Train, 0, 1);
}
