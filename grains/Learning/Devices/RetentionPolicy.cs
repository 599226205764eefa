using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Devices;

/// <summary>What a device may keep. Every rule must allow an example; without rules everything stays.</summary>
/// <remarks>
/// <para>The rules apply in this order, each to what the ones before have left: age, periods, train-once and what is too
/// large by itself; then the count; then the reserve takes some of what periods and count would delete back; then the bytes.
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

    /// <summary>
    /// How many of the examples that <see cref="PeriodsMax"/> or <see cref="ExamplesMax"/> would delete are kept to be replayed, at least 0,
    /// besides those that stay anyway: trained on with the new ones, they make the model forget less. Age and bytes hold for them too.
    /// Default: 0.
    /// </summary>
    public int Reserve { get; init; }

    /// <summary>How they are chosen. Default: at random.</summary>
    public ReplayChoice ReserveChoice { get; init; }

    /// <summary>Whether it has no rule, so that everything stays.</summary>
    public bool IsEmpty => this with { Version = 0, Overflow = OverflowRule.OldestFirst, ReserveChoice = ReplayChoice.Random } == KeepAll;

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
        if (Reserve < 0)
            yield return $"{nameof(Reserve)} is {Reserve}: choose at least 1, or leave it out to keep none.";
        else if (Reserve > 0 && TrainOnce)
            yield return $"{nameof(Reserve)} is {Reserve} with {nameof(TrainOnce)}: one keeps to train on what the other deletes when it was trained on, choose one of them.";
        else if (Reserve > 0 && PeriodsMax is null && ExamplesMax is null)
            yield return $"{nameof(Reserve)} is {Reserve} without {nameof(PeriodsMax)} and {nameof(ExamplesMax)}: say what would go otherwise, or leave it out.";
        if (!Enum.IsDefined(ReserveChoice))
            yield return $"{nameof(ReserveChoice)} is {ReserveChoice}: choose {ReplayChoice.Random} or {ReplayChoice.GradientSum}.";
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
    /// <param name="position">The device's position; only a reservoir and a reserve use it.</param>
    /// <param name="reserve">The ids of the reserve, when it was chosen by somebody who knows the gradients; null (the default) chooses at random.</param>
    /// <returns>The indices of the examples that stay, ascending.</returns>
    /// <exception cref="InvalidOperationException">The policy has mistakes; the message names all of them.</exception>
    public int[] Kept(ReadOnlySpan<ExampleFacts> examples, RetentionMoment moment, ulong seed, ulong position, IReadOnlySet<long>? reserve = null)
    {
        EnsureUsable();
        var (indices, dropped) = Divided(examples, moment, seed, position);
        if (Reserve > 0)
        {
            indices = [.. indices, .. reserve is null ? AtRandom(examples, dropped, seed, position) : Chosen(examples, dropped, reserve)];
        }

        if (BytesMax is { } bytes)
        {
            indices = Fitting(examples, NewestFirst(examples, indices), bytes);
        }

        Array.Sort(indices);
        return indices;
    }

    /// <summary>Finds what a reserve is chosen from: what the other rules would delete and age would not.</summary>
    /// <param name="examples">What the device holds, in any order, ids all different.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="seed">The seed of the population.</param>
    /// <param name="position">The device's position.</param>
    /// <returns>The indices of the candidates, ascending; none when there is no reserve.</returns>
    /// <exception cref="InvalidOperationException">The policy has mistakes; the message names all of them.</exception>
    public int[] ReserveCandidates(ReadOnlySpan<ExampleFacts> examples, RetentionMoment moment, ulong seed, ulong position)
    {
        EnsureUsable();
        return Reserve == 0 ? [] : Divided(examples, moment, seed, position).Dropped;
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

        // So many of the oldest have a place in the reserve.
        var arrived = new int[held.Length];
        for (var i = 0; i < held.Length; i++)
        {
            arrived[i] = held[i].Period;
        }

        Array.Sort(arrived);
        return Reserve >= arrived.Length || int.MaxValue - arrived[Reserve] < periods ? null : arrived[Reserve] + periods;
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

    /// <summary>What the rules but that of bytes leave, and what they would delete that could be in a reserve.</summary>
    private (int[] Kept, int[] Dropped) Divided(ReadOnlySpan<ExampleFacts> examples, RetentionMoment moment, ulong seed, ulong position)
    {
        var (kept, dropped) = (new List<int>(examples.Length), new List<int>());
        for (var i = 0; i < examples.Length; i++)
        {
            if (IsPossible(examples[i], moment))
            {
                ((long)moment.Period - examples[i].Period >= PeriodsMax ? dropped : kept).Add(i);
            }
        }

        if (ExamplesMax is not { } count || kept.Count <= count)
        {
            return ([.. kept], [.. dropped]);
        }

        var ranked = Overflow == OverflowRule.Reservoir
            ? ByPriority(examples, [.. kept], seed, position)
            : NewestFirst(examples, [.. kept]);
        return (ranked[..count], [.. dropped.Concat(ranked[count..]).Order()]);
    }

    // Ages are compared, not expiries: a time plus a very long age would leave the calendar.
    private bool IsPossible(ExampleFacts example, RetentionMoment moment) =>
        !(moment.Time - example.Time >= AgeMax) && !(example.Bytes > BytesMax) && !(TrainOnce && example.Committed);

    private int[] AtRandom(ReadOnlySpan<ExampleFacts> examples, int[] candidates, ulong seed, ulong position)
    {
        var ids = new long[candidates.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = examples[candidates[i]].Id;
        }

        return Array.ConvertAll(ReplayReserve.AtRandom(ids, Reserve, seed, position), index => candidates[index]);
    }

    private int[] Chosen(ReadOnlySpan<ExampleFacts> examples, int[] candidates, IReadOnlySet<long> reserve)
    {
        var chosen = new List<int>();
        foreach (var index in candidates)
        {
            if (chosen.Count < Reserve && reserve.Contains(examples[index].Id))
            {
                chosen.Add(index);
            }
        }

        return [.. chosen];
    }

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
