using System.Collections.Immutable;

namespace Sheaf.Learning.Rounds;

/// <summary>
/// The state machine of a round's training: which slices there are, which attempt of each counts, and who has been erased. A value.
/// </summary>
/// <remarks>
/// Laws: at most one attempt of a slice is ever merged into sums that are alive, on a silo or stored; an event about any other attempt
/// changes nothing; an erased device is in no attempt that starts after its erasure and in no sum that is still alive; after
/// <see cref="RoundEvent.CommitBegun"/> nothing changes until the commit is retracted.
/// <para>A stored sum is a copy of what its silo's sum was at one moment. While the silo's own is alive, that one counts, and it holds all that the
/// copy does; when it is lost, the copy counts in its place and the silo begins another. So the sums that make up the round,
/// <see cref="Silos"/> and <see cref="StoredAlone"/>, never overlap.</para>
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

    /// <summary>Whether every slice is merged or durable, so that the commit may begin.</summary>
    public bool IsComplete => Slices.All(slice => slice.Status is SliceStatus.Merged or SliceStatus.Durable);

    /// <summary>The largest number of attempts any slice has needed.</summary>
    public int AttemptsMax => Slices.Max(slice => slice.Attempt);

    /// <summary>The slices that wait to be dispatched.</summary>
    public IEnumerable<int> Pending => Where(slice => slice.Status == SliceStatus.Pending);

    /// <summary>The silos whose sums make up the round, together with <see cref="StoredAlone"/>.</summary>
    public ImmutableArray<string> Silos =>
        [.. Slices.Where(IsInLiveSum).Select(slice => slice.Silo).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The stored sums that make up the round, together with those of <see cref="Silos"/>: what is left of sums that silos have lost.</summary>
    public ImmutableArray<SumKey> StoredAlone =>
    [
        .. Slices.Where(slice => slice.Status == SliceStatus.Durable && !IsInLiveSum(slice)).Select(SumOf).Distinct()
            .OrderBy(sum => sum.Silo, StringComparer.Ordinal).ThenBy(sum => sum.Generation),
    ];

    /// <summary>The silos that have merged something since their sum was stored.</summary>
    public ImmutableArray<string> Unstored =>
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

    /// <summary>The ledger with which whoever takes a round over goes on: what is durable counts, everything else runs again, and every silo
    /// begins a new sum.</summary>
    /// <param name="slices">The slices as they were written down.</param>
    /// <param name="generations">Which sums were collected, as <see cref="Generations"/> says.</param>
    /// <param name="erased">The devices that were erased.</param>
    /// <returns>A ledger in which every slice is pending or durable.</returns>
    /// <exception cref="ArgumentException">There is no slice, or a device is in two.</exception>
    public static RoundLedger Resume(IEnumerable<SliceEntry> slices, ImmutableDictionary<string, int> generations, IEnumerable<int> erased)
    {
        ArgumentNullException.ThrowIfNull(generations);
        var entries = slices.ToImmutableArray();
        var planned = Plan(entries.Select(entry => new PlannedSlice(entry.Silo, entry.Devices)));
        return planned with
        {
            Slices = [.. entries.Select(entry => entry.Status == SliceStatus.Durable ? entry : entry.Again())],
            Generations = entries.Select(entry => entry.Silo).Union(generations.Keys)
                .ToImmutableDictionary(silo => silo, silo => generations.GetValueOrDefault(silo, 1) + 1),
            Erased = [.. erased],
        };
    }

    /// <summary>Which of a silo's sums is collected.</summary>
    /// <param name="silo">The silo.</param>
    /// <returns>Its generation, starting at 1.</returns>
    public int GenerationOf(string silo) => Generations.GetValueOrDefault(silo, 1);

    /// <summary>The slices in the sum of one silo, with their attempts.</summary>
    /// <param name="silo">The silo.</param>
    /// <returns>What the silo's sum must hold, no more and no less.</returns>
    public ImmutableDictionary<int, int> MergedOn(string silo) => AttemptsOf(slice => slice.Silo == silo && IsInLiveSum(slice));

    /// <summary>The slices in what is stored of a sum, with their attempts.</summary>
    /// <param name="sum">The sum.</param>
    /// <returns>What the stored copy must hold, no more and no less; nothing when none counts.</returns>
    public ImmutableDictionary<int, int> DurableIn(SumKey sum) => AttemptsOf(slice => slice.Status == SliceStatus.Durable && SumOf(slice) == sum);

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
            RoundEvent.SumStored(var sum, var stored) => Store(sum, stored),
            RoundEvent.StoredSumLost(var sum) => LoseStored(sum, out effects),
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
        return With(slice, Slices[slice] with { Status = SliceStatus.Accepted, Silo = silo, Generation = GenerationOf(silo) });
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
        return Again(slice => slice.Silo == silo && slice.Status is SliceStatus.Accepted or SliceStatus.Merged) with
        {
            Generations = Generations.SetItem(silo, generation + 1),
        };
    }

    private RoundLedger Store(SumKey sum, ImmutableDictionary<int, int> stored)
    {
        // A copy from before something was taken out of the sum, or one that is older than another, is of no use.
        var isOfNow = GenerationOf(sum.Silo) == sum.Generation
            && stored.All(pair => SumOf(Slices[pair.Key]) == sum && Slices[pair.Key].Attempt == pair.Value)
            && DurableIn(sum).Keys.All(stored.ContainsKey);
        // News of a merge may be on its way still: the copy shows that it has happened.
        return !isOfNow ? this : this with
        {
            Slices = [.. Slices.Select((entry, slice) => stored.ContainsKey(slice) ? entry with { Status = SliceStatus.Durable } : entry)],
        };
    }

    private RoundLedger LoseStored(SumKey sum, out ImmutableArray<RoundEffect> effects)
    {
        effects = [];
        if (DurableIn(sum).IsEmpty)
        {
            return this;
        }

        effects = [new RoundEffect.DeleteStored(sum)];
        return GenerationOf(sum.Silo) != sum.Generation ? Again(slice => SumOf(slice) == sum) : this with
        {
            // The silo still has all of it.
            Slices = [.. Slices.Select(slice => SumOf(slice) == sum && slice.Status == SliceStatus.Durable ? slice with { Status = SliceStatus.Merged } : slice)],
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
            // One integer sum cannot tell which part is the device's: the whole sum is made again. What was stored before the device's slice
            // came is without it.
            SliceStatus.Durable => without.LoseEverywhere(SumOf(slice), out effects),
            _ => without.LoseSum(slice.Silo, GenerationOf(slice.Silo), out effects),
        };
    }

    private RoundLedger LoseEverywhere(SumKey sum, out ImmutableArray<RoundEffect> effects)
    {
        var lost = LoseSum(sum.Silo, sum.Generation, out var dropped).LoseStored(sum, out var deleted);
        effects = [.. dropped, .. deleted];
        return lost;
    }

    private RoundLedger StartAgain(int slice, out ImmutableArray<RoundEffect> effects)
    {
        // Whoever gave the attempt up cannot know that it has ended: it may still hold what its devices computed.
        effects = [AbortOf(slice)];
        return With(slice, Slices[slice].Again());
    }

    private RoundEffect AbortOf(int slice) => new RoundEffect.Abort(slice, Slices[slice].Attempt);

    private bool Is(int slice, int attempt, SliceStatus status) => Slices[slice].Attempt == attempt && Slices[slice].Status == status;

    private RoundLedger Again(Func<SliceEntry, bool> predicate) =>
        this with { Slices = [.. Slices.Select(slice => predicate(slice) ? slice.Again() : slice)] };

    private static SumKey SumOf(SliceEntry slice) => new(slice.Silo, slice.Generation);

    private bool IsInLiveSum(SliceEntry slice) =>
        slice.Status is SliceStatus.Merged or SliceStatus.Durable && slice.Generation == GenerationOf(slice.Silo);

    private ImmutableDictionary<int, int> AttemptsOf(Func<SliceEntry, bool> predicate) =>
        Where(predicate).ToImmutableDictionary(slice => slice, slice => Slices[slice].Attempt);

    private RoundLedger With(int slice, SliceEntry entry) => this with { Slices = Slices.SetItem(slice, entry) };

    private IEnumerable<int> Where(Func<SliceEntry, bool> predicate) =>
        Enumerable.Range(0, Slices.Length).Where(slice => predicate(Slices[slice]));
}
