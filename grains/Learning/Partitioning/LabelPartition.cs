using Sheaf.Learning.Populations;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Partitioning;

/// <summary>The rows of each label in a random order of their own, cut into pieces for the devices that have any of them.</summary>
/// <remarks>Memory grows with the pieces, of which there are at most as many as rows.</remarks>
internal sealed class LabelPartition : IPartition
{
    private readonly LabelCounts _counts;
    private readonly long[] _sizes;
    private readonly List<(long End, int Device)>[] _pieces;
    private readonly IndexPermutation[] _orders;

    /// <summary>Begins with nothing given out; every row must be given before the first question.</summary>
    /// <param name="counts">The rows.</param>
    /// <param name="devices">How many devices there are.</param>
    /// <param name="seed">Which orders.</param>
    public LabelPartition(LabelCounts counts, int devices, ulong seed)
    {
        _counts = counts;
        _sizes = new long[devices];
        _pieces = [.. Enumerable.Range(0, counts.Labels).Select(_ => new List<(long, int)>())];
        _orders = [.. Enumerable.Range(0, counts.Labels).Select(label => new IndexPermutation(
            Math.Max(1, counts[label]), Prf.Value(seed, Purpose.Partition, (ulong)PartitionStream.RowOrder, (ulong)label)))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<long> Sizes => _sizes;

    /// <summary>Gives a device the next rows of each label.</summary>
    /// <param name="device">The device.</param>
    /// <param name="rows">How many of each label.</param>
    public void Give(int device, long[] rows)
    {
        for (var label = 0; label < rows.Length; label++)
        {
            if (rows[label] > 0)
            {
                var pieces = _pieces[label];
                pieces.Add(((pieces.Count == 0 ? 0 : pieces[^1].End) + rows[label], device));
                _sizes[device] += rows[label];
            }
        }
    }

    /// <inheritdoc/>
    public int DeviceOf(int label, long ordinal)
    {
        _counts.EnsureRow(label, ordinal);
        var (place, pieces) = (_orders[label].Of(ordinal), _pieces[label]);
        var (low, high) = (0, pieces.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = pieces[middle].End > place ? (low, middle) : (middle + 1, high);
        }

        return pieces[low].Device;
    }
}
