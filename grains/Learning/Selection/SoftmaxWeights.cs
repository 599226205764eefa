namespace Sheaf.Learning.Selection;

/// <summary>The weight is exponential in the activity's share of the largest one: exp(τ·n / max n).</summary>
/// <param name="Temperature">τ, in [0, 40]; 0 is uniform, and the most active device weighs nearly e^τ times as much as the least active.</param>
/// <param name="ActivityMax">max n, once it is known: at least 1.</param>
public sealed record SoftmaxWeights(double Temperature, int? ActivityMax = null) : ISelectionWeights
{
    /// <inheritdoc/>
    public string Name => "softmax";

    /// <inheritdoc/>
    public bool IsResolved => ActivityMax is not null;

    /// <inheritdoc/>
    public ISelectionWeights Resolve(ActivityHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return this with { ActivityMax = Math.Max(1, histogram.Max) };
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The largest activity is not known yet.</exception>
    public double WeightOf(int activity)
    {
        var max = ActivityMax ?? throw new InvalidOperationException("The largest activity of 'softmax' is not known yet: resolve it with the population's activity.");
        return activity > 0 ? Math.Exp(Temperature * activity / max) : 0;
    }
}
