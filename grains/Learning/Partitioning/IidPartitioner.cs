namespace Sheaf.Learning.Partitioning;

/// <summary>Every device gets equally many rows (the sizes differ by at most 1), drawn at random: devices are alike but for chance.</summary>
public sealed record IidPartitioner : IPartitioner
{
    /// <inheritdoc/>
    public string Name => "iid";

    /// <inheritdoc/>
    public IPartition Build(IReadOnlyList<long> counts, int devices, ulong seed)
    {
        var rows = new LabelCounts(counts, devices);
        var (size, extra) = Math.DivRem(rows.Total, devices);
        return new CutPartition(rows, [.. Enumerable.Range(1, devices).Select(device => (device * size) + Math.Min(device, extra))], seed);
    }
}
