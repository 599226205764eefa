using Sheaf.Learning.Rounds;
using static Sheaf.Learning.Rounds.RoundEffect;
using static Sheaf.Learning.Rounds.RoundEvent;

namespace Sheaf.Learning.Tests.Rounds;

public sealed class RoundLedgerTests
{
    /// <summary>Slices 0 and 1 on silo a, slice 2 on silo b; slice s has the devices 2·s and 2·s + 1.</summary>
    private static readonly RoundLedger Planned = RoundLedger.Plan(
        [new PlannedSlice("a", [0, 1]), new PlannedSlice("a", [2, 3]), new PlannedSlice("b", [4, 5])]);

    private static readonly RoundLedger Complete = After(
        Planned, [.. Enumerable.Range(0, 3).SelectMany(slice => Merging(slice, 1, slice < 2 ? "a" : "b"))]);

    [Fact]
    public void Plan_Slices_ArePendingAsTheirFirstAttempt()
    {
        Assert.Equal([0, 1, 2], Planned.Pending);
        Assert.All(Planned.Slices, slice => Assert.Equal(1, slice.Attempt));
        Assert.Equal(1, Planned.AttemptsMax);
        Assert.Equal(1, Planned.GenerationOf("a"));
        Assert.Empty(Planned.Silos);
        Assert.False(Planned.IsComplete);
    }

    [Fact]
    public void Plan_NoSliceOrADeviceInTwo_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => RoundLedger.Plan([]));
        var error = Assert.Throws<ArgumentException>(() => RoundLedger.Plan([new PlannedSlice("a", [0, 1]), new PlannedSlice("b", [1])]));

        Assert.Contains("a device is in one slice only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_SliceDispatched_IsNoLongerPending()
    {
        var ledger = After(Planned, new SliceDispatched(1, 1));

        Assert.Equal([0, 2], ledger.Pending);
        Assert.Equal(SliceStatus.Running, ledger.Slices[1].Status);
    }

    [Fact]
    public void Apply_SliceSealed_IsAcceptedWhereItRanAndMerged()
    {
        var ledger = After(Planned, new SliceDispatched(1, 1)).Apply(new SliceSealed(1, 1, "c"), out var effects);

        Assert.Equal<RoundEffect>([new Merge(1, 1, 1)], effects);
        Assert.Equal(SliceStatus.Accepted, ledger.Slices[1].Status);
        Assert.Equal("c", ledger.Slices[1].Silo);
    }

    [Fact]
    public void Apply_SliceSealedTwice_IsAcceptedOnce()
    {
        var accepted = After(Planned, new SliceDispatched(1, 1), new SliceSealed(1, 1, "a"));

        AssertUnchanged(accepted, new SliceSealed(1, 1, "b"));
    }

    [Fact]
    public void Apply_AllMerged_IsCompleteAndSaysWhatEachSiloHolds()
    {
        Assert.True(Complete.IsComplete);
        Assert.Equal<string>(["a", "b"], Complete.Silos);
        Assert.Equal([new(0, 1), new(1, 1)], Complete.MergedOn("a").OrderBy(pair => pair.Key));
        Assert.Equal([new(2, 1)], Complete.MergedOn("b"));
        Assert.Empty(Complete.MergedOn("c"));
    }

    [Fact]
    public void Apply_RunningSliceLost_RunsAgainAndIsAborted()
    {
        var ledger = After(Planned, new SliceDispatched(1, 1)).Apply(new SliceLost(1, 1), out var effects);

        Assert.Equal<RoundEffect>([new Abort(1, 1)], effects);
        Assert.Equal((2, SliceStatus.Pending), (ledger.Slices[1].Attempt, ledger.Slices[1].Status));
        Assert.Equal(2, ledger.AttemptsMax);
    }

    [Fact]
    public void Apply_AcceptedSliceLost_MakesTheWholeSumAgain()
    {
        var accepted = After(Planned, [.. Merging(0, 1, "a"), .. Merging(2, 1, "b"), new SliceDispatched(1, 1), new SliceSealed(1, 1, "a")]);

        var ledger = accepted.Apply(new SliceLost(1, 1), out var effects);

        Assert.Equal<RoundEffect>([new Abort(1, 1), new DropSiloSum("a", 2)], effects);
        Assert.Equal([0, 1], ledger.Pending);
        Assert.Equal([2, 2, 1], ledger.Slices.Select(slice => slice.Attempt));
        Assert.Equal((2, 1), (ledger.GenerationOf("a"), ledger.GenerationOf("b")));
    }

    [Fact]
    public void Apply_SiloSumLost_RunsItsMergedSlicesAgainIntoTheNextSum()
    {
        var lost = Complete.Apply(new SiloSumLost("a", 1), out var effects);
        After(lost, new SliceDispatched(0, 2)).Apply(new SliceSealed(0, 2, "a"), out var again);

        Assert.Equal<RoundEffect>([new DropSiloSum("a", 2)], effects);
        Assert.Equal([0, 1], lost.Pending);
        Assert.Equal<RoundEffect>([new Merge(0, 2, 2)], again);
    }

    [Fact]
    public void Apply_SiloSumLostTwice_IsLostOnce() => AssertUnchanged(After(Complete, new SiloSumLost("a", 1)), new SiloSumLost("a", 1));

    [Fact]
    public void Apply_DeviceOfAPendingSliceErased_IsOnlyNoted()
    {
        var ledger = Planned.Apply(new DeviceErased(3), out var effects);

        Assert.Empty(effects);
        Assert.Equal([3], ledger.Erased);
        Assert.Equal(Planned.Slices, ledger.Slices);
    }

    [Fact]
    public void Apply_DeviceOfARunningSliceErased_RunsItAgain()
    {
        var ledger = After(Planned, new SliceDispatched(1, 1)).Apply(new DeviceErased(3), out var effects);

        Assert.Equal<RoundEffect>([new Abort(1, 1)], effects);
        Assert.Equal([1, 2, 1], ledger.Slices.Select(slice => slice.Attempt));
        Assert.Equal([0, 1, 2], ledger.Pending);
    }

    [Fact]
    public void Apply_DeviceOfAnAcceptedSliceErased_AbortsItAndMakesTheSumAgain()
    {
        var accepted = After(Planned, [.. Merging(0, 1, "a"), new SliceDispatched(1, 1), new SliceSealed(1, 1, "a")]);

        var ledger = accepted.Apply(new DeviceErased(3), out var effects);

        Assert.Equal<RoundEffect>([new Abort(1, 1), new DropSiloSum("a", 2)], effects);
        Assert.Equal([2, 2, 1], ledger.Slices.Select(slice => slice.Attempt));
    }

    [Fact]
    public void Apply_DeviceOfAMergedSliceErased_MakesTheSumAgain()
    {
        var ledger = Complete.Apply(new DeviceErased(3), out var effects);

        Assert.Equal<RoundEffect>([new DropSiloSum("a", 2)], effects);
        Assert.Equal([0, 1], ledger.Pending);
        Assert.Equal<string>(["b"], ledger.Silos);
    }

    [Fact]
    public void Apply_DeviceErasedTwiceOrNotInTheCohort_ChangesNothing()
    {
        AssertUnchanged(After(Complete, new DeviceErased(3)), new DeviceErased(3));
        AssertUnchanged(Complete, new DeviceErased(6));
    }

    [Fact]
    public void Apply_CommitBegun_WaitsForEverySlice()
    {
        AssertUnchanged(Planned, new CommitBegun());
        Assert.True(After(Complete, new CommitBegun()).IsCommitting);
    }

    [Fact]
    public void Apply_AnythingWhileCommitting_ChangesNothing()
    {
        var committing = After(Complete, new CommitBegun());

        AssertUnchanged(committing, new SliceDispatched(0, 1), new SliceSealed(0, 1, "a"), new SliceMerged(0, 1), new SliceLost(0, 1));
        AssertUnchanged(committing, new SiloSumLost("a", 1), new DeviceErased(0), new CommitBegun());
    }

    [Fact]
    public void Apply_CommitRetracted_GoesOnWhereItWas() =>
        Assert.Equal(Complete, After(Complete, new CommitBegun(), new CommitRetracted()));

    [Fact]
    public void Apply_EventsOfAnotherAttempt_ChangeNothing()
    {
        var second = After(Planned, new SliceDispatched(1, 1), new SliceLost(1, 1), new SliceDispatched(1, 2));

        AssertUnchanged(second, new SliceDispatched(1, 1), new SliceSealed(1, 1, "a"), new SliceMerged(1, 1), new SliceLost(1, 1));
        AssertUnchanged(second, new SliceSealed(1, 3, "a"), new SliceLost(1, 3));
    }

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
