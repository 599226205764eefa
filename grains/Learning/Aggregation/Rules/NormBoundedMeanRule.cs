using System.Collections.Immutable;

namespace Sheaf.Learning.Aggregation.Rules;

/// <summary>The norm-bounded mean (Sun et al., "Can you really backdoor federated learning?", 2019, "norm thresholding of
/// updates": Σ Δw / max(1, ‖Δw‖₂ / M)): every input u becomes u / max(1, ‖u‖ / M), then the mean is taken, weighted by Σ w of the inputs.</summary>
/// <remarks>Laws: the result's ℓ² norm is at most M but for the rounding of its values to single precision; inputs within the bound
/// are as in the weighted mean. An attacker's input moves the result by at most M · its share of the weight.</remarks>
public sealed record NormBoundedMeanRule : SliceRule
{
    /// <summary>Makes the rule.</summary>
    /// <param name="normMax">M, finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">M is outside its range.</exception>
    public NormBoundedMeanRule(double normMax)
    {
        if (!(normMax > 0) || !double.IsFinite(normMax))
        {
            throw new ArgumentOutOfRangeException(nameof(normMax), normMax, "A norm bound is a finite number above 0.");
        }

        NormMax = normMax;
    }

    /// <inheritdoc/>
    public override string Name => "norm-bounded-mean";

    /// <summary>M, the ℓ² norm to which inputs are scaled down.</summary>
    public double NormMax { get; }

    /// <inheritdoc/>
    public override RuleSurvey Survey => RuleSurvey.Norms;

    /// <inheritdoc/>
    public override ChunkStep StepOf(ReadOnlySpan<double> weights, ReadOnlySpan<double> survey)
    {
        var total = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var coefficients = ImmutableArray.CreateBuilder<double>(weights.Length);
        for (var input = 0; input < weights.Length; input++)
        {
            coefficients.Add(weights[input] / total / Math.Max(1, Math.Sqrt(survey[input]) / NormMax));
        }

        return new ChunkStep.Combine(coefficients.MoveToImmutable());
    }
}
