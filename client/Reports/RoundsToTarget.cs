namespace Sheaf.Client.Reports;

/// <summary>How soon an arm reaches an accuracy.</summary>
/// <param name="Reached">How many of its runs reach it.</param>
/// <param name="Runs">How many runs there are.</param>
/// <param name="Rounds">The first evaluated round at which those that do have reached it; null when none does.</param>
internal sealed record RoundsToTarget(int Reached, int Runs, Spread? Rounds)
{
    /// <summary>Finds out.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="accuracy">The accuracy, in [0, 1].</param>
    /// <returns>How soon it is reached.</returns>
    public static RoundsToTarget Of(Arm arm, double accuracy)
    {
        var first = arm.Runs
            .Select(run => run.Rounds.FirstOrDefault(round => round.Metrics?.Accuracy >= accuracy)?.Round)
            .OfType<int>().Select(round => (double)round).ToList();
        return new RoundsToTarget(first.Count, arm.Runs.Count, first.Count > 0 ? Spread.Of(first) : null);
    }

    /// <summary>For a table.</summary>
    /// <returns>For example <c>12.0 ± 1.6</c>, <c>14 (3 of 5)</c> or <c>never</c>.</returns>
    public override string ToString() => Rounds is not { } rounds ? "never"
        : Reached == Runs ? rounds.Show("0.#")
        : $"{rounds.Show("0.#")} ({Reached} of {Runs})";
}
