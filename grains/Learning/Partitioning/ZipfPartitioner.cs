namespace Sheaf.Learning.Partitioning;

/// <summary>Sizes fall with a power of the rank, ∝ rank^−z, device 0 being the largest; labels are random.</summary>
/// <param name="Exponent">The exponent z, at least 0; 0 makes all sizes alike. With a large one, the last devices can end up with no row.</param>
public sealed record ZipfPartitioner(double Exponent) : IPartitioner
{
    /// <inheritdoc/>
    public string Name => "zipf";

    /// <inheritdoc/>
    public IPartition Build(IReadOnlyList<long> counts, int devices, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Exponent);
        var rows = new LabelCounts(counts, devices);
        double[] weights = [.. Enumerable.Range(1, devices).Select(rank => Math.Pow(rank, -Exponent))];
        var sum = weights.Sum();
        return new CutPartition(rows, CutPartition.EndsOf([.. weights.Select(weight => weight / sum)], rows.Total), seed);
    }
}
