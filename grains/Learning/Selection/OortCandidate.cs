namespace Sheaf.Learning.Selection;

/// <summary>A device that Oort may select.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Activity">How many examples it can train on now, at least 0; without any it is not selected.</param>
/// <param name="Last">What it reported when it last took part; null when it never has.</param>
public readonly record struct OortCandidate(ulong Position, int Activity, OortReport? Last);

/// <summary>What a device reported.</summary>
/// <param name="Utility">Its statistical utility, at least 0, from <see cref="UtilityOf"/>.</param>
/// <param name="Round">The round, starting at 1.</param>
/// <param name="Duration">
/// How long it took. A clock's reading would make the selection one that cannot be repeated: take a duration that is a function of the
/// device and its work, or none, <see cref="TimeSpan.Zero"/> for all.
/// </param>
public readonly record struct OortReport(double Utility, int Round, TimeSpan Duration)
{
    /// <summary>The statistical utility √(mean squared loss) · min(n, steps·batch) (the paper's |B|·√(1/|B|·Σ loss²)).</summary>
    /// <param name="meanSquaredLoss">The mean of the squares of the losses of the examples it trained on, at least 0.</param>
    /// <param name="examples">n, how many it has.</param>
    /// <param name="examplesMax">Steps × batch, how many a round uses at most.</param>
    /// <returns>The utility.</returns>
    public static double UtilityOf(double meanSquaredLoss, int examples, int examplesMax) =>
        Math.Sqrt(meanSquaredLoss) * Math.Min(examples, examplesMax);
}

/// <summary>A cohort of Oort: indices of candidates, all different.</summary>
/// <param name="Floored">Drawn uniformly, for the floor, in the order of the draw.</param>
/// <param name="Exploited">Drawn by score among those with the best, in the order of the draw.</param>
/// <param name="Explored">Drawn by size among those that never took part, in the order of the draw.</param>
public sealed record OortCohort(IReadOnlyList<int> Floored, IReadOnlyList<int> Exploited, IReadOnlyList<int> Explored)
{
    /// <summary>The whole cohort.</summary>
    public IEnumerable<int> All => Floored.Concat(Exploited).Concat(Explored);
}
