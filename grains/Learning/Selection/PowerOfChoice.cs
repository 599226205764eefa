using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>A device that may be chosen for its loss.</summary>
/// <param name="Position">Its position.</param>
/// <param name="LastLoss">The mean loss it had when it last took part; null when it never has.</param>
public readonly record struct ChoiceCandidate(ulong Position, double? LastLoss);

/// <summary>
/// Power-of-choice: draw d candidates by weight, keep the K with the largest losses (Cho, Wang and Joshi, "Client selection in federated
/// learning", AISTATS 2022, 2010.01243), in the form rpow-d, which goes by the loss each had when it last took part, so that nobody is woken.
/// </summary>
/// <remarks>
/// <para>The candidates are a cohort of d of the task's own selection, so its weights, cap and floor hold for being a candidate: a device's
/// inclusion probability is at most the cap, while the floor only says how likely a device is at least to be considered. Whom the losses
/// leave out is the point of the rule, and the bias that it pays with: larger d, larger bias.</para>
/// <para>d = K is the selection itself.</para>
/// </remarks>
public static class PowerOfChoice
{
    /// <summary>The selection that draws the candidates.</summary>
    /// <param name="spec">The task's selection, whose cohort is K.</param>
    /// <param name="candidates">d, at least K.</param>
    /// <returns>The same with a cohort of d.</returns>
    /// <exception cref="ArgumentOutOfRangeException">d is below K.</exception>
    public static SelectionSpec CandidatesOf(SelectionSpec spec, int candidates)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (candidates < spec.Cohort)
        {
            throw new ArgumentOutOfRangeException(
                nameof(candidates), candidates, $"Draw at least as many candidates as are to be kept, {spec.Cohort}.");
        }

        return spec with { Cohort = candidates };
    }

    /// <summary>Keeps those with the largest losses.</summary>
    /// <param name="candidates">The candidates, in any order, positions all different.</param>
    /// <param name="cohort">K, at least 1; with fewer candidates all are kept.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round.</param>
    /// <returns>
    /// Indices of candidates, the largest loss first. A device that never took part comes before all others, as if its loss were
    /// infinite; a loss that is not a number counts as infinite, too. Equal losses are in a pseudo-random order of positions, new in
    /// every round, so that no position is preferred.
    /// </returns>
    public static int[] Keep(ReadOnlySpan<ChoiceCandidate> candidates, int cohort, ulong seed, int round)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cohort, 1);
        var keys = new (double Loss, ulong Tie, ulong Position)[candidates.Length];
        var indices = new int[candidates.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var (position, loss) = candidates[i];
            var known = loss is { } value && !double.IsNaN(value) ? value : double.PositiveInfinity;
            keys[i] = (-known, Prf.Value(seed, Purpose.PowerOfChoice, (ulong)round, position), position);
            indices[i] = i;
        }

        Array.Sort(keys, indices);
        return indices[..Math.Min(cohort, indices.Length)];
    }
}
