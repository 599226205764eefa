using System.Globalization;

namespace Sheaf.Client.Reports;

/// <summary>What an arm is ahead of the first one at some point, seed by seed: populations and cohorts of one seed are alike, so that the
/// difference spreads less than the arms do.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="At">The round, or the examples trained on.</param>
/// <param name="Accuracy">The arm's accuracy less the first arm's, over the seeds that both have.</param>
/// <param name="Wins">With how many seeds the arm is ahead.</param>
internal sealed record PairedDifference(string Arm, double At, Spread Accuracy, int Wins)
{
    /// <summary>For a table.</summary>
    /// <returns>For example <c>+0.182 ± 0.107 (9 of 10)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Accuracy.Show("+0.000;−0.000;0.000", "0.000")} ({Wins} of {Accuracy.Count})");
}
