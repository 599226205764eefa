using System.Collections.Immutable;

namespace Sheaf.Learning.Rounds;

/// <summary>Something that happened to a round. Events may come twice, late, or in any order; <see cref="RoundLedger.Apply"/> copes.</summary>
public abstract record RoundEvent
{
    private RoundEvent()
    {
    }

    /// <summary>An attempt was sent off.</summary>
    /// <param name="Slice">The slice.</param>
    /// <param name="Attempt">The attempt.</param>
    public sealed record SliceDispatched(int Slice, int Attempt) : RoundEvent;

    /// <summary>An attempt has its sum ready.</summary>
    /// <param name="Slice">The slice.</param>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Silo">The silo that holds the sum.</param>
    public sealed record SliceSealed(int Slice, int Attempt, string Silo) : RoundEvent;

    /// <summary>An accepted sum has become part of its silo's sum.</summary>
    /// <param name="Slice">The slice.</param>
    /// <param name="Attempt">The attempt.</param>
    public sealed record SliceMerged(int Slice, int Attempt) : RoundEvent;

    /// <summary>An attempt, or its sum before it was merged, is gone.</summary>
    /// <param name="Slice">The slice.</param>
    /// <param name="Attempt">The attempt.</param>
    public sealed record SliceLost(int Slice, int Attempt) : RoundEvent;

    /// <summary>A copy of a silo's sum as it was at one moment has been stored, in the place of an earlier copy.</summary>
    /// <param name="Sum">The sum.</param>
    /// <param name="Slices">The slices that the copy holds, with their attempts.</param>
    public sealed record SumStored(SumKey Sum, ImmutableDictionary<int, int> Slices) : RoundEvent;

    /// <summary>What was stored of a sum is gone or damaged.</summary>
    /// <param name="Sum">The sum.</param>
    public sealed record StoredSumLost(SumKey Sum) : RoundEvent;

    /// <summary>A silo's sum is gone, and with it every slice merged into it that is not durable.</summary>
    /// <param name="Silo">The silo.</param>
    /// <param name="Generation">Which of the silo's sums.</param>
    public sealed record SiloSumLost(string Silo, int Generation) : RoundEvent;

    /// <summary>A device asks that this round does not use its data.</summary>
    /// <param name="Device">The device's index in the cohort.</param>
    public sealed record DeviceErased(int Device) : RoundEvent;

    /// <summary>The silos' sums are being turned into a checkpoint; from here on nothing can be taken back.</summary>
    public sealed record CommitBegun : RoundEvent;

    /// <summary>The commit came to nothing because a sum was missing; the round goes on training.</summary>
    public sealed record CommitRetracted : RoundEvent;
}
