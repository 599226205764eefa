namespace Sheaf.Learning.Selection;

/// <summary>
/// The constants of Oort (Lai et al., "Oort: efficient federated learning via guided participant selection", OSDI 2021). Defaults are those of the
/// authors' published program, which the paper's figures were made with.
/// </summary>
public sealed record OortSpec
{
    /// <summary>How many devices are selected, at least 1. Default: 100.</summary>
    public int Cohort { get; init; } = 100;

    /// <summary>The most different examples of a device that one round uses, steps × batch, at least 1. Default: 320.</summary>
    public int ExamplesPerRoundMax { get; init; } = 320;

    /// <summary>The share ε of a cohort that explores before the first round, in [0, 1]. Default: 0.9 (the program's exploration_factor).</summary>
    public double ExplorationStart { get; init; } = 0.9;

    /// <summary>What ε is multiplied by in every round, in (0, 1]. Default: 0.95 (exploration_decay).</summary>
    public double ExplorationDecay { get; init; } = 0.95;

    /// <summary>What ε never falls below, while there is somebody to explore, in [0, 1]. Default: 0.2 (exploration_min).</summary>
    public double ExplorationLeast { get; init; } = 0.2;

    /// <summary>Utilities above this quantile count as the quantile, in (0, 1]. Default: 0.98 (clip_bound), against outliers and liars.</summary>
    public double ClipQuantile { get; init; } = 0.98;

    /// <summary>Devices are exploited from this share of the cut-off score on, in (0, 1]. Default: 0.7 (cut_off_util).</summary>
    public double CutOff { get; init; } = 0.7;

    /// <summary>Explored are the largest of so many times the places, at least 1. Default: 5 (sample_window).</summary>
    public double ExplorationWindow { get; init; } = 5;

    /// <summary>The exponent of the penalty (T/t)^a of a device slower than preferred, at least 0. Default: 2 (round_penalty; α in the paper).</summary>
    public double SlownessPenalty { get; init; } = 2;

    /// <summary>What multiplies ln R / last round under the root of the uncertainty, at least 0. Default: 0.1 (the program).</summary>
    public double Uncertainty { get; init; } = 0.1;

    /// <summary>The percentile of the durations that is preferred at first, in (0, 100]. Default: 10 (round_threshold).</summary>
    public double PreferredPercentile { get; init; } = 10;

    /// <summary>How far the pacer moves that percentile, in (0, 100]. Default: 5 (pacer_delta).</summary>
    public double PacerDelta { get; init; } = 5;

    /// <summary>How many rounds the pacer compares with as many before, at least 1. Default: 20 (pacer_step).</summary>
    public int PacerStep { get; init; } = 20;

    /// <summary>
    /// The exploration floor ρ of every selection, in [0, 1): ⌈ρ·K⌉ places are drawn uniformly from all candidates, before anything is scored.
    /// Default: 0.
    /// </summary>
    public double Floor { get; init; }

    /// <summary>
    /// The inclusion cap π_max of every selection, in (0, 1]: in every round each device is a candidate with this chance, by itself, so that none
    /// is selected more often. A cohort may then be smaller. Raised to K/N where it is lower. Default: 1.
    /// </summary>
    public double InclusionMax { get; init; } = 1;

    /// <summary>What is wrong with the constants, all of it, each with its range.</summary>
    /// <returns>One sentence per mistake; none for constants that can be used.</returns>
    public IEnumerable<string> Problems()
    {
        // Comparisons are written so that NaN fails them.
        if (Cohort < 1)
            yield return $"{nameof(Cohort)} is {Cohort}: select at least 1 device.";
        if (ExamplesPerRoundMax < 1)
            yield return $"{nameof(ExamplesPerRoundMax)} is {ExamplesPerRoundMax}: choose at least 1.";
        foreach (var (name, value) in new[] { (nameof(ExplorationStart), ExplorationStart), (nameof(ExplorationLeast), ExplorationLeast) })
        {
            if (!(value is >= 0 and <= 1))
                yield return $"{name} is {value}: choose a value in [0, 1].";
        }

        foreach (var (name, value) in new[]
        {
            (nameof(ExplorationDecay), ExplorationDecay), (nameof(ClipQuantile), ClipQuantile), (nameof(CutOff), CutOff), (nameof(InclusionMax), InclusionMax),
        })
        {
            if (!(value is > 0 and <= 1))
                yield return $"{name} is {value}: choose a value in (0, 1].";
        }

        if (!(ExplorationWindow is >= 1 and <= 1e6))
            yield return $"{nameof(ExplorationWindow)} is {ExplorationWindow}: choose 1 to 1000000.";
        foreach (var (name, value) in new[] { (nameof(SlownessPenalty), SlownessPenalty), (nameof(Uncertainty), Uncertainty) })
        {
            if (!(value is >= 0 and <= 1e6))
                yield return $"{name} is {value}: choose 0 to 1000000.";
        }

        foreach (var (name, value) in new[] { (nameof(PreferredPercentile), PreferredPercentile), (nameof(PacerDelta), PacerDelta) })
        {
            if (!(value is > 0 and <= 100))
                yield return $"{name} is {value}: choose a value in (0, 100].";
        }

        if (PacerStep < 1)
            yield return $"{nameof(PacerStep)} is {PacerStep}: choose at least 1 round.";
        if (!(Floor is >= 0 and < 1))
            yield return $"{nameof(Floor)} is {Floor}: choose a value in [0, 1).";
    }
}
