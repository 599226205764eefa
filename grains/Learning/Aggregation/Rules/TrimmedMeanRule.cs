namespace Sheaf.Learning.Aggregation.Rules;

/// <summary>The coordinate-wise β-trimmed mean (Yin et al., ICML 2018, Definition 2 and Algorithm 1, option II): for each parameter the mean of the
/// inputs' values without the ⌊β·n⌋ smallest and the ⌊β·n⌋ largest. Unweighted.</summary>
/// <remarks>Laws: with β = 0 it is the unweighted mean; with at most ⌊β·n⌋ inputs corrupt, every coordinate stays within the range of the
/// honest ones.</remarks>
public sealed record TrimmedMeanRule : SliceRule
{
    /// <summary>Makes the rule.</summary>
    /// <param name="trim">β, in [0, 0.5).</param>
    /// <exception cref="ArgumentOutOfRangeException">β is outside its range.</exception>
    public TrimmedMeanRule(double trim)
    {
        if (!(trim is >= 0 and < 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(trim), trim, "A trimmed mean leaves out at least 0 and less than 0.5 of its inputs at either end.");
        }

        Trim = trim;
    }

    /// <inheritdoc/>
    public override string Name => "trimmed-mean";

    /// <summary>β, the share that is left out at either end, in [0, 0.5).</summary>
    public double Trim { get; }

    /// <inheritdoc/>
    /// <remarks>β counts as it is written: of 100 inputs 0.29 leaves out 29, though the binary number nearest to 0.29 is smaller.</remarks>
    public override ChunkStep StepOf(ReadOnlySpan<double> weights, ReadOnlySpan<double> survey) => new ChunkStep.Trim((int)((decimal)Trim * weights.Length));
}
