namespace Sheaf.Learning.Selection;

/// <summary>
/// Only the most active share q of the devices is selected, all of them alike: 1[n ≥ t], where t is the largest activity that at least
/// a share q of the active devices has: the (1 − q)-quantile of activity. Devices that have exactly t are all in.
/// </summary>
/// <param name="Share">q, in (0, 1].</param>
/// <param name="Threshold">t, once it is known: at least 1.</param>
public sealed record TopQWeights(double Share, int? Threshold = null) : ISelectionWeights
{
    /// <inheritdoc/>
    public string Name => "top-q";

    /// <inheritdoc/>
    public bool IsResolved => Threshold is not null;

    /// <inheritdoc/>
    public ISelectionWeights Resolve(ActivityHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return this with { Threshold = histogram.LeastOfTop(Share) };
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The threshold is not known yet.</exception>
    public double WeightOf(int activity)
    {
        var threshold = Threshold ?? throw new InvalidOperationException("The threshold of 'top-q' is not known yet: resolve it with the population's activity.");
        return activity > 0 && activity >= threshold ? 1 : 0;
    }
}
