using System.Collections.Immutable;
using Sheaf.Learning.Rounds;
using static Sheaf.Learning.Rounds.RoundEffect;
using static Sheaf.Learning.Rounds.RoundEvent;

namespace Sheaf.Learning.Tests.Rounds;

/// <summary>What a ledger makes of sums that are stored.</summary>
public sealed class StoredSumTests
{
    private static readonly SumKey First = new("a", 1);

    /// <summary>Slices 0 and 1 on silo a, slice 2 on silo b; slice s has the devices 2·s and 2·s + 1. Slice 0 is merged and stored.</summary>
    private static readonly RoundLedger Stored = After(
        RoundLedger.Plan([new PlannedSlice("a", [0, 1]), new PlannedSlice("a", [2, 3]), new PlannedSlice("b", [4, 5])]),
        [.. Merging(0, 1, "a"), new SumStored(First, Slices((0, 1)))]);

    private static readonly RoundLedger Complete = After(Stored, [.. Merging(1, 1, "a"), .. Merging(2, 1, "b")]);

    [Fact]
    public void Apply_SumStored_MakesItsSlicesDurableAndTheSiloStillHasThem()
    {
        Assert.Equal(SliceStatus.Durable, Stored.Slices[0].Status);
        Assert.Equal([new(0, 1)], Stored.MergedOn("a"));
        Assert.Equal([new(0, 1)], Stored.DurableIn(First));
        Assert.Empty(Stored.StoredAlone);
        Assert.Empty(Stored.Unstored);
        Assert.Equal<string>(["a", "b"], Complete.Unstored);
        Assert.True(Complete.IsComplete);
        Assert.Equal<string>(["a", "b"], Complete.Silos);
    }

    [Fact]
    public void Apply_SumStoredBeforeTheNewsOfAMerge_IsTheNews()
    {
        var accepted = After(Stored, new SliceDispatched(1, 1), new SliceSealed(1, 1, "a"));

        var stored = After(accepted, new SumStored(First, Slices((0, 1), (1, 1))));

        Assert.Equal(SliceStatus.Durable, stored.Slices[1].Status);
        AssertUnchanged(stored, new SliceMerged(1, 1), new SliceLost(1, 1));
    }

    [Fact]
    public void Apply_CopyThatIsNotOfNow_ChangesNothing()
    {
        var both = After(Complete, new SumStored(First, Slices((0, 1), (1, 1))));

        AssertUnchanged(both, new SumStored(First, Slices((0, 1))));
        AssertUnchanged(Complete, new SumStored(First, Slices((0, 1), (1, 2))), new SumStored(First, Slices((0, 1), (2, 1))));
        AssertUnchanged(After(Complete, new SiloSumLost("a", 1)), new SumStored(First, Slices((0, 1), (1, 1))));
        AssertUnchanged(After(Complete, new CommitBegun()), new SumStored(First, Slices((0, 1), (1, 1))), new StoredSumLost(First));
    }

    [Fact]
    public void Apply_SiloSumLost_RunsOnlyWhatIsNotDurableAgain()
    {
        var lost = Complete.Apply(new SiloSumLost("a", 1), out var effects);

        Assert.Equal<RoundEffect>([new DropSiloSum("a", 2)], effects);
        Assert.Equal([1], lost.Pending);
        Assert.Equal<SumKey>([First], lost.StoredAlone);
        Assert.Equal<string>(["b"], lost.Silos);
        var again = After(lost, Merging(1, 2, "a"));
        Assert.True(again.IsComplete);
        Assert.Equal([new(1, 2)], again.MergedOn("a"));
    }

    [Fact]
    public void Apply_StoredSumLost_CostsNothingWhileTheSiloHasIt()
    {
        var live = Complete.Apply(new StoredSumLost(First), out var effects);
        var alone = After(Complete, new SiloSumLost("a", 1)).Apply(new StoredSumLost(First), out var again);

        Assert.Equal<RoundEffect>([new DeleteStored(First)], effects);
        Assert.Equal<RoundEffect>([new DeleteStored(First)], again);
        Assert.True(live.IsComplete);
        Assert.Empty(live.DurableIn(First));
        Assert.Equal([0, 1], alone.Pending);
        AssertUnchanged(alone, new StoredSumLost(First));
    }

    [Fact]
    public void Apply_DeviceOfADurableSliceErased_ThrowsAwayTheSumAndItsCopy()
    {
        var live = Complete.Apply(new DeviceErased(1), out var effects);
        var alone = After(Complete, [new SiloSumLost("a", 1), .. Merging(1, 2, "a")]).Apply(new DeviceErased(1), out var deleted);

        Assert.Equal<RoundEffect>([new DropSiloSum("a", 2), new DeleteStored(First)], effects);
        Assert.Equal([0, 1], live.Pending);
        Assert.Equal<RoundEffect>([new DeleteStored(First)], deleted);
        Assert.Equal([0], alone.Pending);
    }

    [Fact]
    public void Apply_DeviceErasedWhoseSliceCameAfterTheCopy_KeepsTheCopy()
    {
        var ledger = Complete.Apply(new DeviceErased(3), out var effects);

        Assert.Equal<RoundEffect>([new DropSiloSum("a", 2)], effects);
        Assert.Equal([1], ledger.Pending);
        Assert.Equal<SumKey>([First], ledger.StoredAlone);
    }

    [Fact]
    public void Resume_OfARoundUnderWay_KeepsWhatIsDurableAndNothingElse()
    {
        var erased = After(Complete, new DeviceErased(5));

        var resumed = RoundLedger.Resume(erased.Slices, erased.Generations, erased.Erased);

        Assert.Equal([1, 2], resumed.Pending);
        Assert.Equal([1, 2, 3], resumed.Slices.Select(slice => slice.Attempt));
        Assert.Equal<SumKey>([First], resumed.StoredAlone);
        Assert.Empty(resumed.Silos);
        Assert.Equal((2, 3), (resumed.GenerationOf("a"), resumed.GenerationOf("b")));
        Assert.Equal([5], resumed.Erased);
        Assert.Throws<ArgumentException>(() => RoundLedger.Resume([], erased.Generations, []));
    }

    private static ImmutableDictionary<int, int> Slices(params (int Slice, int Attempt)[] slices) =>
        slices.ToImmutableDictionary(slice => slice.Slice, slice => slice.Attempt);

    private static RoundEvent[] Merging(int slice, int attempt, string silo) =>
        [new SliceDispatched(slice, attempt), new SliceSealed(slice, attempt, silo), new SliceMerged(slice, attempt)];

    private static RoundLedger After(RoundLedger ledger, params RoundEvent[] events) =>
        events.Aggregate(ledger, (before, happened) => before.Apply(happened, out _));

    private static void AssertUnchanged(RoundLedger ledger, params RoundEvent[] events) => Assert.All(events, happened =>
    {
        Assert.Equal(ledger, ledger.Apply(happened, out var effects));
        Assert.Empty(effects);
    });
}
