using System.Numerics;

namespace Sheaf.Learning.Selection;

/// <summary>
/// The active devices of one shard, ready to answer a coordinator: totals, masses above a threshold, and which device covers an
/// offset. Built in O(n log n); a new plan costs O(n) once; every answer after that is a descent of the radix tree.
/// Not thread-safe: it remembers the last plan and the last sweep.
/// </summary>
/// <remarks>Law: what is drawn does not depend on how a population is cut into shards, because the shards are the top of the tree.</remarks>
public sealed class SelectionShard
{
    private readonly WeightLevels _levels;
    private readonly ulong[] _positions;
    private readonly int[] _indices;
    private readonly int[] _levelOf;
    private readonly long[] _before;
    private MassLevels? _massLevels;
    private InclusionPlan? _plan;
    private ShardSweep? _sweep;

    /// <summary>Sorts and weighs a shard's devices; devices without activity or weight are left out.</summary>
    /// <param name="positions">The devices' positions, all with the shard's leading bits, in any order.</param>
    /// <param name="activities">Their activities, at least 0, in the same order.</param>
    /// <param name="weights">What activity weighs.</param>
    /// <exception cref="ArgumentException">The spans differ in length, or an activity is negative.</exception>
    public SelectionShard(ReadOnlySpan<ulong> positions, ReadOnlySpan<int> activities, ISelectionWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (positions.Length != activities.Length)
        {
            throw new ArgumentException(
                $"{positions.Length} positions need as many activities; there are {activities.Length}.", nameof(activities));
        }

        _levels = new WeightLevels(activities, weights);
        _indices = ActiveIndices(activities, _levels);
        _positions = new ulong[_indices.Length];
        for (var i = 0; i < _indices.Length; i++)
        {
            _positions[i] = positions[_indices[i]];
        }

        SortByPosition();
        _levelOf = new int[_indices.Length];
        for (var i = 0; i < _indices.Length; i++)
        {
            _levelOf[i] = _levels.LevelOf(activities[_indices[i]]);
        }

        _before = new long[_indices.Length + 1];
    }

    private SelectionShard(WeightLevels levels, ulong[] positions, int[] indices, int[] levelOf) =>
        (_levels, _positions, _indices, _levelOf, _before) = (levels, positions, indices, levelOf, new long[indices.Length + 1]);

    /// <summary>The active devices, by their indices in the arrays from which the shard was built, in the order of their positions.</summary>
    public ReadOnlySpan<int> Indices => _indices;

    /// <summary>How many devices are active, and their weight.</summary>
    public ShardTotals Totals => _levels.Totals;

    /// <summary>How many devices have at least a certain mass before capping, and their mass.</summary>
    /// <param name="scale">How weights become masses.</param>
    /// <param name="threshold">The least mass.</param>
    /// <returns>The totals of those devices.</returns>
    public MassTotals Above(MassScale scale, long threshold)
    {
        if (_massLevels?.Scale != scale)
        {
            _massLevels = new MassLevels(_levels, scale);
        }

        return _massLevels.Above(threshold);
    }

    /// <summary>The mass of the shard's devices after capping.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The mass, 0 when no device is active.</returns>
    public long MassUnder(InclusionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan != _plan)
        {
            var masses = Array.ConvertAll(_levels.MassesAt(plan.Scale), plan.MassOf);
            for (var i = 0; i < _levelOf.Length; i++)
            {
                _before[i + 1] = _before[i] + masses[_levelOf[i]];
            }

            _plan = plan;
        }

        return _before[^1];
    }

    /// <summary>Finds the devices that cover some offsets of the shard in a draw's order.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="order">The order of the draw.</param>
    /// <param name="offsets">Offsets in [0, <see cref="MassUnder"/>), in any order.</param>
    /// <returns>One device per offset.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An offset is outside the shard.</exception>
    public LocatedDevice[] Locate(InclusionPlan plan, DrawOrder order, ReadOnlySpan<long> offsets)
    {
        var mass = MassUnder(plan);
        var located = new LocatedDevice[offsets.Length];
        for (var i = 0; i < located.Length; i++)
        {
            if (offsets[i] < 0 || offsets[i] >= mass)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(offsets), offsets[i], $"The shard's mass is {mass}: its activities changed after the plan was made; plan again.");
            }

            located[i] = Descend(order, offsets[i]);
        }

        return located;
    }

    /// <summary>The same shard without some devices, as if they were not active. Costs O(n), without sorting.</summary>
    /// <param name="indices">Their indices in the arrays from which the shard was built; those without activity do not matter.</param>
    /// <returns>A shard whose indices mean the same.</returns>
    public SelectionShard Without(IReadOnlySet<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        return Keep(i => !indices.Contains(_indices[i]));
    }

    /// <summary>The same shard with the devices that are there in a round, as if the others were not active. Costs O(n), without sorting.</summary>
    /// <param name="isThere">Whether the device at a position is there.</param>
    /// <returns>A shard whose indices mean the same.</returns>
    public SelectionShard Within(Func<ulong, bool> isThere)
    {
        ArgumentNullException.ThrowIfNull(isThere);
        return Keep(i => isThere(_positions[i]));
    }

    private SelectionShard Keep(Func<int, bool> isKept)
    {
        var kept = Enumerable.Range(0, _indices.Length).Where(isKept).ToArray();
        var levelOf = Array.ConvertAll(kept, i => _levelOf[i]);
        return new SelectionShard(_levels.Of(levelOf), Array.ConvertAll(kept, i => _positions[i]), Array.ConvertAll(kept, i => _indices[i]), levelOf);
    }

    /// <summary>How many devices are in each bucket of a sweep.</summary>
    /// <param name="order">The order of the sweep.</param>
    /// <returns>One count per bucket.</returns>
    public int[] CountSweep(SweepOrder order) => SweepIn(order).Counts;

    /// <summary>The devices in some buckets of a sweep.</summary>
    /// <param name="order">The order of the sweep.</param>
    /// <param name="firstBucket">The first bucket.</param>
    /// <param name="lastBucket">The last bucket.</param>
    /// <returns>The devices, in the order of the sweep.</returns>
    public SweptDevice[] Sweep(SweepOrder order, int firstBucket, int lastBucket) => SweepIn(order).Between(firstBucket, lastBucket);

    private ShardSweep SweepIn(SweepOrder order) =>
        _sweep?.Order == order ? _sweep : _sweep = new ShardSweep(order, _positions, _indices);

    private LocatedDevice Descend(DrawOrder order, long offset)
    {
        var (low, high, start) = (0, _positions.Length, 0L);
        while (high - low > 1)
        {
            var split = Split(low, high, out var prefix, out var depth);
            // Devices with the very same position have no node between them and keep their array's order.
            var rightFirst = depth < 64 && order.IsRightFirst(prefix, depth);
            var firstMass = rightFirst ? _before[high] - _before[split] : _before[split] - _before[low];
            var inFirst = offset - start < firstMass;
            start += inFirst ? 0 : firstMass;
            (low, high) = inFirst == rightFirst ? (split, high) : (low, split);
        }

        return new LocatedDevice(_positions[low], _indices[low], start, _before[low + 1] - _before[low]);
    }

    /// <summary>The first device of the right half of the lowest node that holds all of [low, high).</summary>
    private int Split(int low, int high, out ulong prefix, out int depth)
    {
        var last = _positions[high - 1];
        depth = BitOperations.LeadingZeroCount(_positions[low] ^ last);
        prefix = 0;
        if (depth == 64)
        {
            return low + 1;
        }

        var bit = 1UL << (63 - depth);
        var rightStart = last & ~(bit - 1);
        prefix = rightStart ^ bit;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            (low, high) = _positions[middle] >= rightStart ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void SortByPosition()
    {
        Array.Sort(_positions, _indices);
        // The sort is not stable: devices that share a position are put back in the order of their indices.
        for (var from = 0; from < _positions.Length;)
        {
            var to = from + 1;
            while (to < _positions.Length && _positions[to] == _positions[from])
            {
                to++;
            }

            Array.Sort(_indices, from, to - from);
            from = to;
        }
    }

    private static int[] ActiveIndices(ReadOnlySpan<int> activities, WeightLevels levels)
    {
        var active = new List<int>(activities.Length);
        for (var i = 0; i < activities.Length; i++)
        {
            if (activities[i] < 0)
            {
                throw new ArgumentException($"Device {i} has an activity of {activities[i]}: an activity is at least 0.", nameof(activities));
            }

            if (levels.Has(activities[i]))
            {
                active.Add(i);
            }
        }

        return [.. active];
    }
}
