using System.Collections.Immutable;

namespace Sheaf.Learning.Aggregation.Rules;

/// <summary>Multi-Krum (Blanchard et al., "Machine learning with adversaries", NeurIPS 2017: the Krum function, and its variant Multi-Krum): an input's score is the sum of its
/// squared ℓ² distances to its n − f − 2 nearest others; the result is the mean of the m inputs of the lowest scores. Unweighted.</summary>
/// <remarks>With m = 1 it is Krum. Of equal scores the earlier input's is the lower. It needs n ≥ 2f + 3 (2f + 2 &lt; n, the condition of their theorem on Krum), and
/// m ≤ n − f − 2 here: beyond that the selection may have to take in corrupt inputs.</remarks>
public sealed record MultiKrumRule : SliceRule
{
    /// <summary>Makes the rule.</summary>
    /// <param name="byzantine">f, how many inputs may be corrupt, at least 0.</param>
    /// <param name="selected">m, how many are averaged, at least 1; null averages n − f − 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public MultiKrumRule(int byzantine, int? selected = null)
    {
        // InputsMin stays an int.
        ArgumentOutOfRangeException.ThrowIfNegative(byzantine);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byzantine, int.MaxValue / 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(selected ?? 1, 1, nameof(selected));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(selected ?? 1, int.MaxValue / 4, nameof(selected));
        (Byzantine, Selected) = (byzantine, selected);
    }

    /// <inheritdoc/>
    public override string Name => "multi-krum";

    /// <summary>f, how many inputs may be corrupt.</summary>
    public int Byzantine { get; }

    /// <summary>m, how many inputs are averaged; null is n − f − 2.</summary>
    public int? Selected { get; }

    /// <inheritdoc/>
    /// <value>max(2f + 3, m + f + 2).</value>
    public override int InputsMin => Math.Max((2 * Byzantine) + 3, (Selected ?? 1) + Byzantine + 2);

    /// <inheritdoc/>
    public override RuleSurvey Survey => RuleSurvey.Distances;

    /// <inheritdoc/>
    public override ChunkStep StepOf(ReadOnlySpan<double> weights, ReadOnlySpan<double> survey)
    {
        var inputs = weights.Length;
        var scores = new double[inputs];
        for (var input = 0; input < inputs; input++)
        {
            scores[input] = ScoreOf(survey.Slice(input * inputs, inputs), input, inputs - Byzantine - 2);
        }

        var count = Selected ?? inputs - Byzantine - 2;
        var coefficients = new double[inputs];
        foreach (var input in Enumerable.Range(0, inputs).OrderBy(input => scores[input]).ThenBy(input => input).Take(count))
        {
            coefficients[input] = 1.0 / count;
        }

        return new ChunkStep.Combine([.. coefficients]);
    }

    private static double ScoreOf(ReadOnlySpan<double> distances, int self, int neighbours)
    {
        double[] others = [.. distances[..self], .. distances[(self + 1)..]];
        Array.Sort(others);
        return others.AsSpan(0, neighbours).ToImmutableArray().Sum();
    }
}
