namespace Sheaf.Learning.Aggregation.Rules;

/// <summary>The weighted mean Σ w·u / Σ w of all updates (McMahan et al., AISTATS 2017), from one <see cref="FixedPointSum"/>: no input is kept
/// apart from the others. One device can move it as far as its clip norm and its weight allow.</summary>
public sealed record MeanRule : AggregationRule
{
    /// <inheritdoc/>
    public override string Name => "mean";
}
