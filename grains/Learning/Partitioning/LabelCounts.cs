namespace Sheaf.Learning.Partitioning;

/// <summary>Rows of all labels as one line: the rows of label 0, then those of label 1, and so on.</summary>
internal sealed class LabelCounts
{
    private readonly long[] _starts;

    /// <summary>Lays the rows out.</summary>
    /// <param name="counts">How many rows each label has.</param>
    /// <param name="devices">How many devices they are for.</param>
    /// <exception cref="ArgumentException">A count is negative, or there are too few or too many devices.</exception>
    public LabelCounts(IReadOnlyList<long> counts, int devices)
    {
        ArgumentNullException.ThrowIfNull(counts);
        _starts = new long[counts.Count + 1];
        for (var label = 0; label < counts.Count; label++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counts[label], nameof(counts));
            _starts[label + 1] = checked(_starts[label] + counts[label]);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(devices, 1);
        if (devices > Total)
        {
            throw new ArgumentException($"{Total} rows are too few for {devices} devices. Use at most one device for each row.", nameof(devices));
        }
    }

    /// <summary>How many labels there are.</summary>
    public int Labels => _starts.Length - 1;

    /// <summary>How many rows there are.</summary>
    public long Total => _starts[^1];

    /// <summary>How many rows a label has.</summary>
    /// <param name="label">The label.</param>
    public long this[int label] => _starts[label + 1] - _starts[label];

    /// <summary>The place of a row on the line.</summary>
    /// <param name="label">Its label.</param>
    /// <param name="ordinal">Its place among the rows of that label.</param>
    /// <returns>A place in [0, <see cref="Total"/>).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public long IndexOf(int label, long ordinal)
    {
        EnsureRow(label, ordinal);
        return _starts[label] + ordinal;
    }

    /// <summary>Refuses a row that does not exist.</summary>
    /// <inheritdoc cref="IndexOf"/>
    public void EnsureRow(int label, long ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, Labels);
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, this[label]);
    }
}
