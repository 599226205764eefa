namespace Sheaf.Learning.Partitioning;

/// <summary>How much the labels of devices differ.</summary>
public static class LabelSkew
{
    /// <summary>Counts the rows of each device by label. Time grows with the rows.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="counts">How many rows each label has.</param>
    /// <returns>For each device, its rows of each label.</returns>
    public static long[][] CountsOf(IPartition partition, IReadOnlyList<long> counts)
    {
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentNullException.ThrowIfNull(counts);
        var byDevice = partition.Sizes.Select(_ => new long[counts.Count]).ToArray();
        for (var label = 0; label < counts.Count; label++)
        {
            for (var ordinal = 0L; ordinal < counts[label]; ordinal++)
            {
                byDevice[partition.DeviceOf(label, ordinal)][label]++;
            }
        }

        return byDevice;
    }

    /// <summary>
    /// The mean over all pairs of devices of the Jensen–Shannon divergence of their label distributions P and Q:
    /// H((P + Q)/2) − (H(P) + H(Q))/2, H being the entropy in bits (Lin, "Divergence measures based on the Shannon entropy", 1991).
    /// </summary>
    /// <param name="counts">For each device, its rows of each label; devices without rows are left out.</param>
    /// <returns>A value in [0, 1]: base-2 logarithms, no square root. 0: all devices are alike, or fewer than two have rows; 1: no two share
    /// a label. Time grows with the square of the devices.</returns>
    public static double MeanPairwiseJensenShannon(IReadOnlyList<long[]> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var shares = counts.Select(row => (Row: row, Sum: (double)row.Sum())).Where(device => device.Sum > 0)
            .Select(device => device.Row.Select(count => count / device.Sum).ToArray()).ToArray();
        var entropies = shares.Select(mix => -mix.Sum(Term)).ToArray();
        var sum = 0.0;
        for (var first = 0; first < shares.Length; first++)
        {
            for (var second = first + 1; second < shares.Length; second++)
            {
                sum += EntropyOfMean(shares[first], shares[second]) - ((entropies[first] + entropies[second]) / 2);
            }
        }

        var pairs = shares.Length * (shares.Length - 1.0) / 2;
        return pairs > 0 ? Math.Clamp(sum / pairs, 0, 1) : 0;
    }

    private static double EntropyOfMean(double[] first, double[] second)
    {
        var entropy = 0.0;
        for (var label = 0; label < first.Length; label++)
        {
            entropy -= Term((first[label] + second[label]) / 2);
        }

        return entropy;
    }

    private static double Term(double share) => share > 0 ? share * Math.Log2(share) : 0;
}
