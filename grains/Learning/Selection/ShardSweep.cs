namespace Sheaf.Learning.Selection;

/// <summary>A shard's devices in the order of one sweep: sorted once a sweep, read once a round.</summary>
internal sealed class ShardSweep
{
    private readonly SweptDevice[] _devices;
    private readonly int[] _counts;

    public ShardSweep(SweepOrder order, ReadOnlySpan<ulong> positions, ReadOnlySpan<int> indices)
    {
        Order = order;
        _counts = new int[order.Buckets];
        _devices = new SweptDevice[positions.Length];
        for (var i = 0; i < _devices.Length; i++)
        {
            var key = order.KeyOf(positions[i]);
            _devices[i] = new SweptDevice(key, positions[i], indices[i]);
            _counts[order.BucketOf(key)]++;
        }

        Array.Sort(_devices, SweepDraw.Compare);
    }

    public SweepOrder Order { get; }

    public int[] Counts => [.. _counts];

    public SweptDevice[] Between(int firstBucket, int lastBucket)
    {
        var start = _counts.Take(firstBucket).Sum();
        return _devices.AsSpan(start, _counts[firstBucket..(lastBucket + 1)].Sum()).ToArray();
    }
}
