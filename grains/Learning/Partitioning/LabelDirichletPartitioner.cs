using Sheaf.Learning.Populations;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Partitioning;

/// <summary>
/// Devices get equally many rows but labels of their own (Lin et al., "FedNLP: benchmarking federated learning methods for natural language
/// processing tasks", NAACL Findings 2022): device k draws q_k ~ Dir(α·p), p being the labels' shares of all rows, and takes ⌊rows/devices⌋
/// rows, round(q_kl·size) of label l, without replacement.
/// </summary>
/// <remarks>
/// The concentration sums to α, not to α times the number of labels, so α = 1 is far more skewed than Dir(1, …, 1). The last label takes what
/// rounding left. When a label runs out, the others fill in, in proportion to the rows that they have left. The last device takes all that is left.
/// </remarks>
/// <param name="Alpha">The concentration α, above 0; small values mean few labels per device.</param>
public sealed record LabelDirichletPartitioner(double Alpha) : IPartitioner
{
    /// <inheritdoc/>
    public string Name => "label-dirichlet";

    /// <inheritdoc/>
    public IPartition Build(IReadOnlyList<long> counts, int devices, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Alpha);
        var rows = new LabelCounts(counts, devices);
        var size = rows.Total / devices;
        var left = Enumerable.Range(0, rows.Labels).Select(label => rows[label]).ToArray();
        var partition = new LabelPartition(rows, devices, seed);
        var mix = new double[rows.Labels];
        var taken = new long[rows.Labels];
        for (var device = 0; device < devices - 1; device++)
        {
            DrawMix(rows, mix, Prf.Sequence(seed, Purpose.Partition, (ulong)PartitionStream.LabelMix, (ulong)device));
            Take(mix, size, left, taken);
            partition.Give(device, taken);
        }

        partition.Give(devices - 1, left);
        return partition;
    }

    private void DrawMix(LabelCounts rows, double[] mix, PrfSequence random)
    {
        for (var label = 0; label < mix.Length; label++)
        {
            var prior = (double)rows[label] / rows.Total;
            mix[label] = prior > 0 ? Dirichlet.LogGamma(Alpha * prior, ref random) : double.NegativeInfinity;
        }

        Dirichlet.Normalize(mix);
    }

    /// <summary>Takes a device's rows away from what is left.</summary>
    private static void Take(double[] mix, long size, long[] left, long[] taken)
    {
        Array.Clear(taken);
        var room = size;
        for (var label = 0; label < mix.Length; label++)
        {
            var wanted = label == mix.Length - 1 ? room : Math.Min(room, (long)Math.Round(mix[label] * size));
            room -= wanted;
            var found = Math.Min(wanted, left[label]);
            left[label] -= found;
            taken[label] += found;
            FillIn(wanted - found, left, taken);
        }
    }

    /// <summary>Takes rows from all labels in proportion to what they have left, by largest remainders (the label that ran out has none left).</summary>
    private static void FillIn(long missing, long[] left, long[] taken)
    {
        if (missing == 0)
        {
            return;
        }

        var total = left.Sum();
        var quotas = left.Select((rows, label) =>
        {
            var (whole, remainder) = Int128.DivRem((Int128)rows * missing, total);
            return (Label: label, Whole: (long)whole, Remainder: remainder);
        }).OrderByDescending(quota => quota.Remainder).ThenBy(quota => quota.Label).ToArray();
        var extra = missing - quotas.Sum(quota => quota.Whole);
        for (var place = 0; place < quotas.Length; place++)
        {
            var rows = quotas[place].Whole + (place < extra ? 1 : 0);
            left[quotas[place].Label] -= rows;
            taken[quotas[place].Label] += rows;
        }
    }
}
