namespace Sheaf.Client.Reports;

/// <summary>By how much an arm differs from the first one at some point, seed by seed: populations and cohorts of one seed are alike, so that the
/// difference spreads less than the arms do.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="At">The round, the examples trained on, or the activity group from 1.</param>
/// <param name="Difference">The arm's accuracy or perplexity less the first arm's, over the seeds that both have.</param>
/// <param name="Wins">With how many seeds the arm is ahead: by a higher accuracy, or a lower perplexity.</param>
internal sealed record PairedDifference(string Arm, double At, Spread Difference, int Wins)
{
    /// <summary>For a table.</summary>
    /// <param name="measure">What is compared.</param>
    /// <returns>For example <c>+0.182 ± 0.107 (9 of 10)</c>.</returns>
    public string Show(Measure measure) => FormattableString.Invariant(
        $"{Difference.Show(measure.DifferenceFormat, measure.Format)} ({Wins} of {Difference.Count})");
}
