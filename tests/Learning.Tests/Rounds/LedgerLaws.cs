using System.Collections.Immutable;
using Sheaf.Learning.Rounds;

namespace Sheaf.Learning.Tests.Rounds;

/// <summary>The laws of one step of a ledger.</summary>
internal static class LedgerLaws
{
    private static readonly (SliceStatus Was, SliceStatus Now)[] Steps =
    [
        (SliceStatus.Pending, SliceStatus.Running),
        (SliceStatus.Running, SliceStatus.Accepted),
        (SliceStatus.Accepted, SliceStatus.Merged),
        (SliceStatus.Accepted, SliceStatus.Durable),
        (SliceStatus.Merged, SliceStatus.Durable),
        (SliceStatus.Durable, SliceStatus.Merged),
    ];

    /// <summary>Checks one application of an event.</summary>
    public static void Check(RoundLedger before, RoundEvent happened, RoundLedger after, ImmutableArray<RoundEffect> effects)
    {
        if (MustChangeNothing(before, happened))
        {
            Assert.True(before == after, $"{happened} changed the ledger.");
            Assert.Empty(effects);
        }

        Assert.True(before.Erased.IsSubsetOf(after.Erased));
        Assert.All(before.Generations, silo => Assert.True(after.GenerationOf(silo.Key) >= silo.Value));
        for (var slice = 0; slice < before.Slices.Length; slice++)
        {
            CheckSlice(slice, before, after, effects);
        }

        if (happened is RoundEvent.DeviceErased(var device) && !before.IsCommitting)
        {
            Assert.Contains(device, after.Erased);
            Assert.Equal(SliceStatus.Pending, after.Slices.Single(entry => entry.Devices.Contains(device)).Status switch
            {
                // Erased before this event: the slice may have gone on without the device.
                _ when before.Erased.Contains(device) => SliceStatus.Pending,
                var status => status,
            });
        }
    }

    private static bool MustChangeNothing(RoundLedger ledger, RoundEvent happened) => happened switch
    {
        RoundEvent.CommitRetracted => !ledger.IsCommitting,
        _ when ledger.IsCommitting => true,
        RoundEvent.CommitBegun => ledger.Slices.Any(slice => slice.Status is not (SliceStatus.Merged or SliceStatus.Durable)),
        RoundEvent.SliceDispatched(var slice, var attempt) => ledger.Slices[slice].Attempt != attempt,
        RoundEvent.SliceSealed(var slice, var attempt, _) => ledger.Slices[slice].Attempt != attempt,
        RoundEvent.SliceMerged(var slice, var attempt) => ledger.Slices[slice].Attempt != attempt,
        RoundEvent.SliceLost(var slice, var attempt) => ledger.Slices[slice].Attempt != attempt,
        RoundEvent.SumStored(var sum, var slices) => ledger.GenerationOf(sum.Silo) != sum.Generation
            || slices.Any(slice => ledger.Slices[slice.Key].Attempt != slice.Value || ledger.Slices[slice.Key].Silo != sum.Silo)
            || !slices.Keys.ToHashSet().IsSupersetOf(ledger.DurableIn(sum).Keys),
        RoundEvent.StoredSumLost(var sum) => ledger.DurableIn(sum).IsEmpty,
        RoundEvent.SiloSumLost(var silo, var generation) => ledger.GenerationOf(silo) != generation,
        RoundEvent.DeviceErased(var device) => ledger.Erased.Contains(device),
        _ => throw new ArgumentException($"{happened}", nameof(happened)),
    };

    private static void CheckSlice(int slice, RoundLedger before, RoundLedger after, ImmutableArray<RoundEffect> effects)
    {
        var (was, now) = (before.Slices[slice], after.Slices[slice]);
        Assert.Equal(was.Devices, now.Devices);
        if (now.Attempt != was.Attempt)
        {
            Assert.Equal(was.Attempt + 1, now.Attempt);
            Assert.Equal(SliceStatus.Pending, now.Status);
        }
        else if (now.Status != was.Status)
        {
            // What was stored can be lost while the silo still has it; and a copy may be there before the news of the merge.
            Assert.Contains((was.Status, now.Status), Steps);
        }

        var (wasLive, wasStored) = (was.Status is SliceStatus.Accepted or SliceStatus.Merged, was.Status == SliceStatus.Durable);
        if (wasLive && now.Attempt != was.Attempt)
        {
            Assert.Contains(new RoundEffect.DropSiloSum(was.Silo, before.GenerationOf(was.Silo) + 1), effects);
        }

        if (wasStored && now.Status != SliceStatus.Durable)
        {
            Assert.Contains(new RoundEffect.DeleteStored(new SumKey(was.Silo, was.Generation)), effects);
        }

        if (was.Status is SliceStatus.Running or SliceStatus.Accepted && now.Attempt != was.Attempt)
        {
            Assert.Contains(new RoundEffect.Abort(slice, was.Attempt), effects);
        }

        var isAccepted = now.Status == SliceStatus.Accepted && was.Status == SliceStatus.Running;
        Assert.Equal(isAccepted, effects.Contains(new RoundEffect.Merge(slice, now.Attempt, after.GenerationOf(now.Silo))));
    }
}
