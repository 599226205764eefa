using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Devices;

/// <summary>What a device may keep. Every rule must allow an example; without rules everything stays.</summary>
/// <remarks>
/// <para>The rules apply in this order, each to what the ones before have left: age, periods, train-once and what is too
    /// large by itself; then the count; then the bytes.
/// "Oldest" is by time, and by id where times are equal.</para>
/// <para>Laws: applying a policy twice is applying it once. No limit is ever exceeded. What stays is a function of the set of examples, not of
/// their order. Without a reservoir, later moments keep subsets. Examples that arrive in batches, the policy applied after each,
/// leave what arrival all at once leaves, when there is no reservoir and the batches follow each other in time, and when the reservoir is the
/// only rule. With a reservoir <em>and</em> other rules, a place that age has freed goes to a later arrival, so that it matters when the
/// device was there: apply such a policy whenever a period has arrived.</para>
/// </remarks>
public sealed record RetentionPolicy
{
    /// <summary>Keeps everything.</summary>
    public static readonly RetentionPolicy KeepAll = new();

    /// <summary>Which edition of the policy this is, at least 0: a change counts it up. Default: 0.</summary>
    public int Version { get; init; }

    /// <summary>The most examples kept, at least 1; null (the default) for no limit.</summary>
    public int? ExamplesMax { get; init; }

    /// <summary>Which examples go above <see cref="ExamplesMax"/>. Default: the oldest.</summary>
    public OverflowRule Overflow { get; init; } = OverflowRule.OldestFirst;

    /// <summary>
    /// How long an example is kept, above zero: it expires exactly this long after its time. Null (the default) for no limit.
    /// </summary>
    public TimeSpan? AgeMax { get; init; }

    /// <summary>
    /// The most bytes kept, at least 1; the oldest examples go first. An example that alone is larger never stays, and takes no other
    /// with it. Null (the default) for no limit.
    /// </summary>
    public long? BytesMax { get; init; }

    /// <summary>How many periods are kept, the one under way included, at least 1; null (the default) for all.</summary>
    public int? PeriodsMax { get; init; }

    /// <summary>
    /// Whether an example goes once the commit of a round that trained on it has been seen; not before, because until then the round may
    /// have to train on it again. Held-out examples never train, so this rule leaves them. Default: false.
    /// </summary>
    public bool TrainOnce { get; init; }

    /// <summary>Whether it has no rule, so that everything stays.</summary>
    public bool IsEmpty => this with { Version = 0, Overflow = OverflowRule.OldestFirst } == KeepAll;

    /// <summary>What is wrong with the policy, all of it, each with its remedy.</summary>
    /// <returns>One sentence per mistake; none for a policy that can be used.</returns>
    public IEnumerable<string> Problems()
    {
        if (Version < 0)
            yield return $"{nameof(Version)} is {Version}: start at 0 and count up.";
        if (ExamplesMax < 1)
            yield return $"{nameof(ExamplesMax)} is {ExamplesMax}: choose at least 1, or leave it out to keep any number.";
        if (!Enum.IsDefined(Overflow))
            yield return $"{nameof(Overflow)} is {Overflow}: choose {OverflowRule.OldestFirst} or {OverflowRule.Reservoir}.";
        else if (Overflow == OverflowRule.Reservoir && ExamplesMax is null)
            yield return $"{nameof(Overflow)} is {Overflow} without {nameof(ExamplesMax)}: say how many examples the reservoir holds, or leave it out.";
        if (AgeMax <= TimeSpan.Zero)
            yield return $"{nameof(AgeMax)} is {AgeMax}: choose a time above zero, or leave it out to keep examples for ever.";
        if (BytesMax < 1)
            yield return $"{nameof(BytesMax)} is {BytesMax}: choose at least 1, or leave it out to keep any size.";
        if (PeriodsMax < 1)
            yield return $"{nameof(PeriodsMax)} is {PeriodsMax}: choose at least 1, the period under way, or leave it out to keep all.";
    }

    /// <summary>Which policy holds for a device of a population that has this one.</summary>
    /// <param name="own">The device's own policy; null when it has none.</param>
    /// <returns>
    /// The device's, the whole of it, when its version is at least the population's; else the population's. Rules of two policies are never
    /// mixed, so that what holds was written down by somebody; and a population whose policy is tightened under a new version reaches
    /// the devices that had made theirs before.
    /// </returns>
    public RetentionPolicy OverriddenBy(RetentionPolicy? own) => own is not null && own.Version >= Version ? own : this;

    /// <summary>Finds what stays.</summary>
    /// <param name="examples">What the device holds, in any order, ids all different.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="seed">The seed of the population; only a reservoir uses it.</param>
    /// <param name="position">The device's position; only a reservoir uses it.</param>
    /// <returns>The indices of the examples that stay, ascending.</returns>
    /// <exception cref="InvalidOperationException">The policy has mistakes; the message names all of them.</exception>
    public int[] Kept(ReadOnlySpan<ExampleFacts> examples, RetentionMoment moment, ulong seed, ulong position)
    {
        EnsureUsable();
        var kept = new List<int>(examples.Length);
        for (var i = 0; i < examples.Length; i++)
        {
            if (Allows(examples[i], moment))
            {
                kept.Add(i);
            }
        }

        var indices = kept.ToArray();
        if (ExamplesMax is { } count && indices.Length > count)
        {
            indices = Overflow == OverflowRule.Reservoir
                ? ByPriority(examples, indices, seed, position)[..count]
                : NewestFirst(examples, indices)[..count];
        }

        if (BytesMax is { } bytes)
        {
            indices = Fitting(examples, NewestFirst(examples, indices), bytes);
        }

        Array.Sort(indices);
        return indices;
    }

    /// <summary>Finds when the first of some examples expires by its age.</summary>
    /// <param name="held">What the device holds.</param>
    /// <returns>The time, in the past when an expiry is overdue; null when none ever expires.</returns>
    /// <exception cref="InvalidOperationException">The policy has mistakes; the message names all of them.</exception>
    public DateTimeOffset? NextExpiry(ReadOnlySpan<ExampleFacts> held)
    {
        EnsureUsable();
        if (AgeMax is not { } age || held.IsEmpty)
        {
            return null;
        }

        var oldest = held[0].Time;
        foreach (var example in held)
        {
            oldest = example.Time < oldest ? example.Time : oldest;
        }

        return DateTimeOffset.MaxValue - oldest < age ? null : oldest + age;
    }

    /// <summary>Finds the period with whose arrival the first of some examples goes by <see cref="PeriodsMax"/>.</summary>
    /// <param name="held">What the device holds.</param>
    /// <returns>The period; null when none ever goes.</returns>
    /// <exception cref="InvalidOperationException">The policy has mistakes; the message names all of them.</exception>
    public int? NextExpiryPeriod(ReadOnlySpan<ExampleFacts> held)
    {
        EnsureUsable();
        if (PeriodsMax is not { } periods || held.IsEmpty)
        {
            return null;
        }

        var oldest = held[0].Period;
        foreach (var example in held)
        {
            oldest = Math.Min(oldest, example.Period);
        }

        return int.MaxValue - oldest < periods ? null : oldest + periods;
    }

    /// <summary>Refuses a policy with mistakes.</summary>
    /// <exception cref="InvalidOperationException">The policy has mistakes; the message names all of them.</exception>
    internal void EnsureUsable()
    {
        if (Problems().Any())
        {
            throw new InvalidOperationException($"This retention policy cannot be used. {string.Join(" ", Problems())}");
        }
    }

    // Ages and periods are compared, not expiries: a time plus a very long age would leave the calendar.
    private bool Allows(ExampleFacts example, RetentionMoment moment) =>
        !(moment.Time - example.Time >= AgeMax)
        && !((long)moment.Period - example.Period >= PeriodsMax)
        && !(example.Bytes > BytesMax)
        && !(TrainOnce && example.Committed);

    private static int[] ByPriority(ReadOnlySpan<ExampleFacts> examples, int[] indices, ulong seed, ulong position)
    {
        var keys = new (ulong Priority, long Id)[indices.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var id = examples[indices[i]].Id;
            keys[i] = (Prf.Value(seed, Purpose.Reservoir, position, (ulong)id), id);
        }

        Array.Sort(keys, indices);
        return indices;
    }

    private static int[] NewestFirst(ReadOnlySpan<ExampleFacts> examples, int[] indices)
    {
        var keys = new (long Time, long Id)[indices.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var example = examples[indices[i]];
            keys[i] = (-example.Time.UtcTicks, -example.Id);
        }

        Array.Sort(keys, indices);
        return indices;
    }

    private static int[] Fitting(ReadOnlySpan<ExampleFacts> examples, int[] newestFirst, long bytesMax)
    {
        var kept = new List<int>(newestFirst.Length);
        var bytes = 0L;
        foreach (var index in newestFirst)
        {
            bytes += examples[index].Bytes;
            if (bytes > bytesMax)
            {
                break;
            }

            kept.Add(index);
        }

        return [.. kept];
    }
}
