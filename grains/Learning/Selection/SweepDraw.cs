namespace Sheaf.Learning.Selection;

/// <summary>
/// The coordinator's side of a round-robin draw. With N active devices and a cohort of K, ⌈N/K⌉ rounds make a sweep; round r has the
/// devices of ranks [(r−1)·K, r·K) of its sweep's order, the last round of the sweep what is left. So every device trains exactly once a
/// sweep, as long as the same devices are active.
/// </summary>
/// <remarks>
/// Whoever holds the shards asks them twice: <c>draw.Locate(every shard's counts)</c>, then
/// <c>draw.Complete(every shard's devices of the buckets)</c>. Keys are uniform, so the buckets asked for hold little more than a cohort.
/// Nothing depends on how a population is cut into shards.
/// </remarks>
public sealed class SweepDraw
{
    private const int BucketBitsMax = 10;

    private readonly long _devices;
    private readonly long _firstRank;
    private readonly int _count;
    private long _skipped;

    /// <summary>Begins a draw.</summary>
    /// <param name="spec">The selection.</param>
    /// <param name="totals">The totals of all shards.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round, starting at 1.</param>
    /// <exception cref="InvalidOperationException">The selection is not valid.</exception>
    public SweepDraw(SelectionSpec spec, ShardTotals totals, ulong seed, int round)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(round, 1);
        spec.EnsureValid();
        _devices = totals.Devices;
        var cohort = Math.Clamp(_devices, 1, spec.Cohort);
        var rounds = Math.Max(1, (_devices + cohort - 1) / cohort);
        var (sweep, inSweep) = Math.DivRem(round - 1, rounds);
        _firstRank = inSweep * cohort;
        _count = (int)Math.Min(cohort, _devices - _firstRank);
        Order = new SweepOrder(seed, sweep, Math.Min(BucketBitsMax, (int)long.Log2(rounds)));
    }

    /// <summary>The order of the draw's sweep.</summary>
    public SweepOrder Order { get; }

    /// <summary>The buckets that hold the cohort, once the shards' counts are known.</summary>
    public (int First, int Last) Buckets { get; private set; }

    /// <summary>Whether no device is active.</summary>
    public bool IsEmpty => _count <= 0;

    /// <summary>Finds the <see cref="Buckets"/>.</summary>
    /// <param name="counts">Every shard's count of devices by bucket.</param>
    /// <exception cref="InvalidOperationException">The devices are not those of the totals, or there are none.</exception>
    public void Locate(IEnumerable<int[]> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var all = new long[Order.Buckets];
        foreach (var shard in counts)
        {
            for (var bucket = 0; bucket < all.Length; bucket++)
            {
                all[bucket] += shard[bucket];
            }
        }

        if (all.Sum() != _devices || IsEmpty)
        {
            throw Changed(all.Sum());
        }

        var (first, before) = (0, 0L);
        while (before + all[first] <= _firstRank)
        {
            before += all[first++];
        }

        var (last, after) = (first, before + all[first]);
        while (after < _firstRank + _count)
        {
            after += all[++last];
        }

        (Buckets, _skipped) = ((first, last), _firstRank - before);
    }

    /// <summary>Makes the cohort.</summary>
    /// <param name="shards">Every shard's devices in the <see cref="Buckets"/>.</param>
    /// <returns>The cohort, in the order of the sweep.</returns>
    /// <exception cref="InvalidOperationException">The devices are not those of the counts.</exception>
    public IReadOnlyList<CohortMember> Complete(IReadOnlyList<SweptDevice[]> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var found = shards.SelectMany((devices, shard) => devices.Select(device => (Device: device, Shard: shard))).ToArray();
        Array.Sort(found, (left, right) => Compare(left.Device, right.Device));
        if (found.Length < _skipped + _count)
        {
            throw Changed(found.Length);
        }

        var inclusion = (double)_count / _devices;
        return
        [
            .. found.Skip((int)_skipped).Take(_count)
                .Select(each => new CohortMember(each.Device.Position, each.Shard, each.Device.Index, inclusion, inclusion)),
        ];
    }

    internal static int Compare(SweptDevice left, SweptDevice right) =>
        (left.Key, left.Position, left.Index).CompareTo((right.Key, right.Position, right.Index));

    private InvalidOperationException Changed(long found) =>
        new($"The shards had {_devices} active devices and now answer for {found}: ask for their totals and draw again.");
}
