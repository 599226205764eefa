using Sheaf.Learning.Populations;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Partitioning;

/// <summary>Devices get random shares of the rows, Dir(β, …, β), and random labels (Lin et al., "FedNLP", NAACL Findings 2022).</summary>
/// <param name="Beta">The concentration β, above 0; small values make sizes differ more. A device can end up with no row.</param>
public sealed record QuantityDirichletPartitioner(double Beta) : IPartitioner
{
    /// <inheritdoc/>
    public string Name => "quantity-dirichlet";

    /// <inheritdoc/>
    public IPartition Build(IReadOnlyList<long> counts, int devices, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Beta);
        var rows = new LabelCounts(counts, devices);
        var random = Prf.Sequence(seed, Purpose.Partition, (ulong)PartitionStream.Quantity);
        var shares = new double[devices];
        foreach (ref var share in shares.AsSpan())
        {
            share = Dirichlet.LogGamma(Beta, ref random);
        }

        Dirichlet.Normalize(shares);
        return new CutPartition(rows, CutPartition.EndsOf(shares, rows.Total), seed);
    }
}
