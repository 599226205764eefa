using Sheaf.Learning.Populations;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Partitioning;

/// <summary>All rows in one random order, cut into a piece for each device: labels fall as they come, only sizes differ.</summary>
/// <remarks>Memory grows with the devices and the labels, not with the rows: the order is a bijection that is worked out row by row.</remarks>
internal sealed class CutPartition : IPartition
{
    private readonly LabelCounts _counts;
    private readonly long[] _ends;
    private readonly IndexPermutation _order;

    /// <summary>Cuts the rows.</summary>
    /// <param name="counts">The rows.</param>
    /// <param name="ends">Where each device's piece ends, ascending; the last is the number of rows.</param>
    /// <param name="seed">Which order.</param>
    public CutPartition(LabelCounts counts, long[] ends, ulong seed)
    {
        _counts = counts;
        _ends = ends;
        _order = new IndexPermutation(counts.Total, Prf.Value(seed, Purpose.Partition, (ulong)PartitionStream.RowOrder));
        Sizes = [.. ends.Select((end, device) => end - (device == 0 ? 0 : ends[device - 1]))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<long> Sizes { get; }

    /// <summary>Where the pieces end when devices have given shares: at ⌊rows · sum of the shares so far⌋.</summary>
    /// <param name="shares">The shares, which sum to 1.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <returns>The ends; the last is <paramref name="rows"/>, whatever was rounded.</returns>
    public static long[] EndsOf(IReadOnlyList<double> shares, long rows)
    {
        var ends = new long[shares.Count];
        var sum = 0.0;
        for (var device = 0; device < ends.Length; device++)
        {
            sum += shares[device];
            ends[device] = Math.Min(rows, (long)(rows * sum));
        }

        ends[^1] = rows;
        return ends;
    }

    /// <inheritdoc/>
    public int DeviceOf(int label, long ordinal)
    {
        // The first end beyond the place. Devices without rows share the end of the one before, so equal ends are passed over.
        var place = _order.Of(_counts.IndexOf(label, ordinal));
        var (low, high) = (0, _ends.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ends[middle] > place ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
