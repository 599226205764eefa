namespace Sheaf.Learning.Selection;

/// <summary>How strongly a device's activity speaks for its selection. Implementations are values: two that weigh alike are equal.</summary>
public interface ISelectionWeights
{
    /// <summary>The name of the rule in plans and reports.</summary>
    string Name { get; }

    /// <summary>The weight of a device; only ratios of weights matter.</summary>
    /// <param name="activity">How many examples it can train on now, at least 0.</param>
    /// <returns>A finite weight of at most 2⁶⁴; 0 for no activity, and for devices that are never to be selected.</returns>
    double WeightOf(int activity);

    /// <summary>Whether the weights are known; false while they need statistics of the whole population's activity.</summary>
    bool IsResolved => true;

    /// <summary>Fixes what depends on the whole population.</summary>
    /// <param name="histogram">The activity of all its devices.</param>
    /// <returns>Weights that are resolved.</returns>
    ISelectionWeights Resolve(ActivityHistogram histogram) => this;
}

/// <summary>Every active device weighs the same: 1[n &gt; 0].</summary>
public sealed record UniformWeights : ISelectionWeights
{
    /// <inheritdoc/>
    public string Name => "uniform";

    /// <inheritdoc/>
    public double WeightOf(int activity) => activity > 0 ? 1 : 0;
}

/// <summary>The weight is a power of the activity: n^β. β = 1 selects in proportion to activity.</summary>
/// <param name="Beta">The exponent β, at least 0. Default: 1.</param>
public sealed record PowerWeights(double Beta = 1) : ISelectionWeights
{
    /// <inheritdoc/>
    public string Name => "power";

    /// <inheritdoc/>
    /// <remarks>The two usual exponents avoid <see cref="Math.Pow"/>, whose last bit differs between platforms.</remarks>
    public double WeightOf(int activity) => (activity, Beta) switch
    {
        ( <= 0, _) => 0,
        (_, 1) => activity,
        (_, 0.5) => Math.Sqrt(activity),
        _ => Math.Pow(activity, Beta),
    };
}
