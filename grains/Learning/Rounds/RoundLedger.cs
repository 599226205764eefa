using System.Collections.Immutable;

namespace Sheaf.Learning.Rounds;

/// <summary>
/// The state machine of a round's training: which slices there are, which attempt of each counts, and who has been erased. A value.
/// </summary>
/// <remarks>
/// Laws: at most one attempt of a slice is ever merged into sums that are alive; an event about any other attempt changes nothing;
/// an erased device is in no attempt that starts after its erasure and in no sum that is still alive; after
/// <see cref="RoundEvent.CommitBegun"/> nothing changes until the commit is retracted.
/// </remarks>
public sealed record RoundLedger
{
    private RoundLedger(ImmutableArray<SliceEntry> slices) => Slices = slices;

    /// <summary>The slices.</summary>
    public ImmutableArray<SliceEntry> Slices { get; private init; }

    /// <summary>The devices that asked to be left out, by their index in the cohort.</summary>
    public ImmutableHashSet<int> Erased { get; private init; } = [];

    /// <summary>For each silo whose sum was ever thrown away, which of its sums is collected; 1 for every other.</summary>
    public ImmutableDictionary<string, int> Generations { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Whether the commit has begun.</summary>
    public bool IsCommitting { get; private init; }

    /// <summary>Whether every slice is merged, so that the commit may begin.</summary>
    public bool IsComplete => Slices.All(slice => slice.Status == SliceStatus.Merged);

    /// <summary>The largest number of attempts any slice has needed.</summary>
    public int AttemptsMax => Slices.Max(slice => slice.Attempt);

    /// <summary>The slices that wait to be dispatched.</summary>
    public IEnumerable<int> Pending => Where(slice => slice.Status == SliceStatus.Pending);

    /// <summary>The silos whose sums make up the round.</summary>
    public ImmutableArray<string> Silos =>
        [.. Slices.Where(slice => slice.Status == SliceStatus.Merged).Select(slice => slice.Silo).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The ledger of a round whose slices have been planned.</summary>
    /// <param name="slices">The slices: disjoint, at least one.</param>
    /// <returns>A ledger in which every slice is pending.</returns>
    /// <exception cref="ArgumentException">There is no slice, or a device is in two.</exception>
    public static RoundLedger Plan(IEnumerable<PlannedSlice> slices)
    {
        var entries = slices.Select(slice => new SliceEntry(slice.Devices, slice.Silo, 1, SliceStatus.Pending)).ToImmutableArray();
        if (entries.IsEmpty || entries.Sum(slice => slice.Devices.Length) != entries.SelectMany(slice => slice.Devices).Distinct().Count())
        {
            throw new ArgumentException("A round has at least one slice, and a device is in one slice only.", nameof(slices));
        }

        return new RoundLedger(entries);
    }

    /// <summary>Which of a silo's sums is collected.</summary>
    /// <param name="silo">The silo.</param>
    /// <returns>Its generation, starting at 1.</returns>
    public int GenerationOf(string silo) => Generations.GetValueOrDefault(silo, 1);

    /// <summary>The merged slices of one silo, with their attempts.</summary>
    /// <param name="silo">The silo.</param>
    /// <returns>What the silo's sum must hold, no more and no less.</returns>
    public ImmutableDictionary<int, int> MergedOn(string silo) =>
        Where(slice => slice.Status == SliceStatus.Merged && slice.Silo == silo).ToImmutableDictionary(slice => slice, slice => Slices[slice].Attempt);

    /// <summary>Applies an event.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="effects">What to do because of it; empty when the event was a duplicate, stale or meant nothing.</param>
    /// <returns>The ledger after the event.</returns>
    public RoundLedger Apply(RoundEvent happened, out ImmutableArray<RoundEffect> effects)
    {
        effects = [];
        return happened switch
        {
            RoundEvent.CommitRetracted => this with { IsCommitting = false },
            _ when IsCommitting => this,
            RoundEvent.CommitBegun => IsComplete ? this with { IsCommitting = true } : this,
            RoundEvent.SliceDispatched(var slice, var attempt) => Advance(slice, attempt, SliceStatus.Pending, SliceStatus.Running),
            RoundEvent.SliceSealed(var slice, var attempt, var silo) => Accept(slice, attempt, silo, out effects),
            RoundEvent.SliceMerged(var slice, var attempt) => Advance(slice, attempt, SliceStatus.Accepted, SliceStatus.Merged),
            RoundEvent.SliceLost(var slice, var attempt) => Lose(slice, attempt, out effects),
            RoundEvent.SiloSumLost(var silo, var generation) => LoseSum(silo, generation, out effects),
            RoundEvent.DeviceErased(var device) => Erase(device, out effects),
            _ => throw new ArgumentException($"A round knows no event {happened.GetType().Name}.", nameof(happened)),
        };
    }

    private RoundLedger Accept(int slice, int attempt, string silo, out ImmutableArray<RoundEffect> effects)
    {
        effects = [];
        if (!Is(slice, attempt, SliceStatus.Running))
        {
            return this;
        }

        effects = [new RoundEffect.Merge(slice, attempt, GenerationOf(silo))];
        return With(slice, Slices[slice] with { Status = SliceStatus.Accepted, Silo = silo });
    }

    private RoundLedger Advance(int slice, int attempt, SliceStatus from, SliceStatus to) =>
        Is(slice, attempt, from) ? With(slice, Slices[slice] with { Status = to }) : this;

    private RoundLedger Lose(int slice, int attempt, out ImmutableArray<RoundEffect> effects)
    {
        effects = [];
        if (Is(slice, attempt, SliceStatus.Running))
        {
            return StartAgain(slice, out effects);
        }

        // Nobody can say whether an accepted sum whose merge failed is in the silo's sum: that sum is made again.
        return Is(slice, attempt, SliceStatus.Accepted) ? LoseSum(Slices[slice].Silo, GenerationOf(Slices[slice].Silo), out effects) : this;
    }

    private RoundLedger LoseSum(string silo, int generation, out ImmutableArray<RoundEffect> effects)
    {
        effects = [];
        if (GenerationOf(silo) != generation)
        {
            return this;
        }

        // A merge that is refused or never arrives leaves its sum with the attempt.
        effects =
        [
            .. Where(slice => slice.Silo == silo && slice.Status == SliceStatus.Accepted).Select(AbortOf),
            new RoundEffect.DropSiloSum(silo, generation + 1),
        ];
        return this with
        {
            Generations = Generations.SetItem(silo, generation + 1),
            Slices = [.. Slices.Select(slice => slice.Silo == silo && slice.Status is SliceStatus.Accepted or SliceStatus.Merged ? slice.Again() : slice)],
        };
    }

    private RoundLedger Erase(int device, out ImmutableArray<RoundEffect> effects)
    {
        effects = [];
        var index = Where(slice => slice.Devices.Contains(device)).DefaultIfEmpty(-1).First();
        if (index < 0 || Erased.Contains(device))
        {
            return this;
        }

        var slice = Slices[index];
        var without = this with { Erased = Erased.Add(device) };
        return slice.Status switch
        {
            SliceStatus.Pending => without,
            SliceStatus.Running => without.StartAgain(index, out effects),
            // One integer sum cannot tell which part is the device's: the whole sum of that silo is made again.
            _ => without.LoseSum(slice.Silo, GenerationOf(slice.Silo), out effects),
        };
    }

    private RoundLedger StartAgain(int slice, out ImmutableArray<RoundEffect> effects)
    {
        // Whoever gave the attempt up cannot know that it has ended: it may still hold what its devices computed.
        effects = [AbortOf(slice)];
        return With(slice, Slices[slice].Again());
    }

    private RoundEffect AbortOf(int slice) => new RoundEffect.Abort(slice, Slices[slice].Attempt);

    private bool Is(int slice, int attempt, SliceStatus status) => Slices[slice].Attempt == attempt && Slices[slice].Status == status;

    private RoundLedger With(int slice, SliceEntry entry) => this with { Slices = Slices.SetItem(slice, entry) };

    private IEnumerable<int> Where(Func<SliceEntry, bool> predicate) =>
        Enumerable.Range(0, Slices.Length).Where(slice => predicate(Slices[slice]));
}
