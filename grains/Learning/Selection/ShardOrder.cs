using Sheaf.Learning.Devices;

namespace Sheaf.Learning.Selection;

/// <summary>Where each shard starts in a draw's order: the levels of the tree above the shards.</summary>
internal sealed class ShardOrder
{
    private readonly int[] _shards;
    private readonly long[] _starts;
    private readonly long[] _startOfShard;
    private int _placed;

    /// <summary>Orders the shards.</summary>
    /// <param name="order">The order of the draw.</param>
    /// <param name="masses">The mass of every shard, by shard.</param>
    public ShardOrder(DrawOrder order, IReadOnlyList<long> masses)
    {
        DevicePosition.EnsureShardCount(masses.Count);
        _shards = new int[masses.Count];
        _starts = new long[masses.Count];
        _startOfShard = new long[masses.Count];
        Place(order, 0, masses.Count, 0);
        for (var rank = 0; rank < _shards.Length; rank++)
        {
            _starts[rank] = _startOfShard[_shards[rank]] = Mass;
            Mass = checked(Mass + masses[_shards[rank]]);
        }
    }

    /// <summary>The mass of all shards.</summary>
    public long Mass { get; }

    /// <summary>Where a shard starts.</summary>
    /// <param name="shard">The shard.</param>
    public long StartOf(int shard) => _startOfShard[shard];

    /// <summary>The shard that covers an offset.</summary>
    /// <param name="offset">An offset in [0, <see cref="Mass"/>).</param>
    public int Find(long offset)
    {
        // Of several shards that start here only the last one has any mass.
        var (low, high) = (0, _starts.Length);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = _starts[middle] <= offset ? (middle, high) : (low, middle);
        }

        return _shards[low];
    }

    private void Place(DrawOrder order, int first, int count, int depth)
    {
        if (count == 1)
        {
            _shards[_placed++] = first;
            return;
        }

        var half = count / 2;
        // A node spans `count` shards of _shards.Length, so its leading bits are first's, moved to the top of the 64.
        var prefix = (ulong)first << (64 - int.Log2(_shards.Length));
        var rightFirst = order.IsRightFirst(prefix, depth);
        Place(order, rightFirst ? first + half : first, half, depth + 1);
        Place(order, rightFirst ? first : first + half, half, depth + 1);
    }
}
