namespace Sheaf.Learning.Aggregation.Rules;

/// <summary>The coordinate-wise median (Yin et al., "Byzantine-robust distributed learning", ICML 2018, Definition 1 and Algorithm 1, option I):
/// for each parameter the median of the inputs' values; of an even number, the mean of the middle two. Unweighted.</summary>
/// <remarks>Law: with fewer than half of the inputs corrupt, every coordinate stays within the range of the honest ones.</remarks>
public sealed record MedianRule : SliceRule
{
    /// <inheritdoc/>
    public override string Name => "median";

    /// <inheritdoc/>
    public override ChunkStep StepOf(ReadOnlySpan<double> weights, ReadOnlySpan<double> survey) => new ChunkStep.Trim((weights.Length - 1) / 2);
}
