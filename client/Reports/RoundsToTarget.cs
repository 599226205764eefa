using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>How soon an arm reaches an accuracy, in rounds or in hours.</summary>
/// <param name="Reached">How many of its runs reach it.</param>
/// <param name="Runs">How many runs there are.</param>
/// <param name="Rounds">The first evaluated round at which those that do have reached it, or the hours to its end; null when none does.</param>
/// <param name="Format">How many digits are of interest.</param>
internal sealed record RoundsToTarget(int Reached, int Runs, Spread? Rounds, string Format = "0.#")
{
    /// <summary>Finds out by rounds.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="accuracy">The accuracy, in [0, 1].</param>
    /// <returns>How soon it is reached.</returns>
    public static RoundsToTarget Of(Arm arm, double accuracy) => Of(arm, accuracy, round => round.Round, "0.#");

    /// <summary>Finds out by hours of the virtual clock.</summary>
    /// <param name="arm">The arm, whose rounds go by one.</param>
    /// <param name="accuracy">The accuracy, in [0, 1].</param>
    /// <returns>How soon it is reached.</returns>
    public static RoundsToTarget ByHours(Arm arm, double accuracy) => Of(arm, accuracy, round => round.EndHours, "0.00");

    private static RoundsToTarget Of(Arm arm, double accuracy, Func<RoundLine, double?> when, string format)
    {
        var first = arm.Runs
            .Select(run => run.Rounds.FirstOrDefault(round => round.Metrics?.Accuracy >= accuracy))
            .OfType<RoundLine>().Select(when).OfType<double>().ToList();
        return new RoundsToTarget(first.Count, arm.Runs.Count, first.Count > 0 ? Spread.Of(first) : null, format);
    }

    /// <summary>For a table.</summary>
    /// <returns>For example <c>12.0 ± 1.6</c>, <c>14 (3 of 5)</c> or <c>never</c>.</returns>
    public override string ToString() => Rounds is not { } rounds ? "never"
        : Reached == Runs ? rounds.Show(Format)
        : $"{rounds.Show(Format)} ({Reached} of {Runs})";
}
