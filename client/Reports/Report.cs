using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>What a report shows of some runs.</summary>
internal sealed class Report
{
    private const double DefaultTargetShare = 0.9;

    private const string DifferenceNote =
        "Accuracy less that of the first arm with the same seed: mean ± standard deviation over seeds, and with how many of them the arm is ahead.";

    private Report(IReadOnlyList<Arm> arms, double? target)
    {
        (Arms, Target) = (arms, target);
        Figures =
        [
            ReportFigure.OfCurves("accuracy-by-round", new("Accuracy by round", "round", "accuracy", "0 %"), [.. arms.Select(arm => LearningCurve.ByRound(arm, score => score.Accuracy))]),
            ReportFigure.OfCurves("accuracy-by-examples", new("Accuracy by examples trained on", "examples", "accuracy", "0 %"), [.. arms.Select(arm => LearningCurve.ByExamples(arm, score => score.Accuracy))]),
            ReportFigure.OfCurves("loss-by-round", new("Loss by round", "round", "loss (nats)", "0.0#"), [.. arms.Select(arm => LearningCurve.ByRound(arm, score => score.Loss))]),
            .. arms.All(arm => arm.IsLanguage)
                ? (ReportFigure[])[ReportFigure.OfCurves("bits-by-round", new("Bits per word by round", "round", "bits per word", "0.0#"), [.. arms.Select(arm => LearningCurve.ByRound(arm, score => score.Loss / Math.Log(2)))])]
                : [],
            .. PeriodFigures.Of(arms),
            .. GroupFigures.Of(arms),
        ];
        Rows = [.. arms.Select(arm => ReportRow.Of(arm, target))];
        Settings = SettingsTable.Of(arms);
        (DifferencesByRound, DifferencesByExamples) = (PairedDifferences.ByRound(arms), PairedDifferences.ByExamples(arms));
        ReportSection[] sections =
        [
            PairedDifferences.Table(
                "difference-by-round", $"Difference from {arms[0].Name} by round", DifferenceNote, "round", DifferencesByRound),
            PairedDifferences.Table(
                "difference-by-examples",
                $"Difference from {arms[0].Name} by examples trained on",
                $"{DifferenceNote} An arm that is ahead by round but not by examples trains on more data in a round, not on better data.",
                "examples",
                DifferencesByExamples),
        ];
        Sections = [.. sections.Where(section => section.Rows.Count > 0)];
    }

    /// <summary>The arms; the others are compared with the first.</summary>
    public IReadOnlyList<Arm> Arms { get; }

    /// <summary>The accuracy whose rounds are counted, in [0, 1]; null when nothing was evaluated.</summary>
    public double? Target { get; }

    /// <summary>The plots.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; }

    /// <summary>The results, one row an arm.</summary>
    public IReadOnlyList<ReportRow> Rows { get; }

    /// <summary>What each arm is ahead of the first at the same round.</summary>
    public IReadOnlyList<PairedDifference> DifferencesByRound { get; }

    /// <summary>What each arm is ahead of the first after training on as many examples.</summary>
    public IReadOnlyList<PairedDifference> DifferencesByExamples { get; }

    /// <summary>Further tables; none is empty.</summary>
    public IReadOnlyList<ReportSection> Sections { get; }

    /// <summary>What the arms do differently.</summary>
    public IReadOnlyList<(string Field, IReadOnlyList<string> Values)> Settings { get; }

    /// <summary>Whether every run has an evaluated round, without which there is nothing to draw.</summary>
    public bool IsEvaluated => Arms.All(arm => arm.Runs.All(run => run.IsEvaluated));

    /// <summary>Works a report out.</summary>
    /// <param name="runs">The runs, at least one.</param>
    /// <param name="target">The accuracy whose rounds are counted, in (0, 1]; null takes the first that a study names, and where none does, nine
    /// tenths of the best arm's last accuracy.</param>
    /// <returns>The report.</returns>
    public static Report Of(IReadOnlyList<RunResult> runs, double? target)
    {
        var arms = Arm.Of(runs);
        return new Report(
            arms,
            target
                ?? arms.Select(arm => arm.Study.Evaluation.Target).FirstOrDefault(named => named is not null)
                ?? (DefaultTargetShare * arms.Max(arm => ReportRow.LastAccuracyOf(arm)?.Mean)));
    }

    /// <summary>Makes sure that there is something to show.</summary>
    /// <exception cref="RunFailedException">A run has no evaluated round.</exception>
    public void EnsureEvaluated()
    {
        if (Arms.SelectMany(arm => arm.Runs).FirstOrDefault(run => !run.IsEvaluated) is { } unscored)
        {
            throw new RunFailedException(
                $"The run in '{unscored.Folder}' has no evaluated round, so there is nothing to show. Let it go on (sheaf run --resume --output {unscored.Folder}), or set its evaluation.every.");
        }
    }
}
