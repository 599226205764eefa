using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>What a report shows of some runs.</summary>
internal sealed class Report
{
    private const double DefaultTargetShare = 0.9;

    private Report(IReadOnlyList<Arm> arms, double target)
    {
        (Arms, Target) = (arms, target);
        Figures =
        [
            new("accuracy-by-round", "Accuracy by round", "round", "accuracy", "0 %", [.. arms.Select(arm => LearningCurve.ByRound(arm, score => score.Accuracy))]),
            new("accuracy-by-examples", "Accuracy by examples trained on", "examples", "accuracy", "0 %", [.. arms.Select(arm => LearningCurve.ByExamples(arm, score => score.Accuracy))]),
            new("loss-by-round", "Loss by round", "round", "loss (nats)", "0.0#", [.. arms.Select(arm => LearningCurve.ByRound(arm, score => score.Loss))]),
            .. arms.All(arm => arm.IsLanguage)
                ? (ReportFigure[])[new("bits-by-round", "Bits per word by round", "round", "bits per word", "0.0#", [.. arms.Select(arm => LearningCurve.ByRound(arm, score => score.Loss / Math.Log(2)))])]
                : [],
        ];
        Rows = [.. arms.Select(arm => ReportRow.Of(arm, target))];
        Settings = SettingsTable.Of(arms);
    }

    /// <summary>The arms.</summary>
    public IReadOnlyList<Arm> Arms { get; }

    /// <summary>The accuracy whose rounds are counted, in [0, 1].</summary>
    public double Target { get; }

    /// <summary>The plots.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; }

    /// <summary>The results, one row an arm.</summary>
    public IReadOnlyList<ReportRow> Rows { get; }

    /// <summary>What the arms do differently.</summary>
    public IReadOnlyList<(string Field, IReadOnlyList<string> Values)> Settings { get; }

    /// <summary>Works a report out.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="target">The accuracy whose rounds are counted, in [0, 1]; null takes nine tenths of the best arm's last accuracy.</param>
    /// <returns>The report.</returns>
    /// <exception cref="RunFailedException">A run has no evaluated round.</exception>
    public static Report Of(IReadOnlyList<RunResult> runs, double? target)
    {
        if (runs.FirstOrDefault(run => run.Rounds.All(round => round.Metrics is null)) is { } unscored)
        {
            throw new RunFailedException(
                $"The run in '{unscored.Folder}' has no evaluated round, so there is nothing to show. Let it go on (sheaf run --resume --output {unscored.Folder}), or set its evaluation.every.");
        }

        var arms = Arm.Of(runs);
        return new Report(arms, target ?? (DefaultTargetShare * arms.Max(arm => ReportRow.LastAccuracyOf(arm).Mean)));
    }
}

/// <summary>A plot and its numbers.</summary>
/// <param name="Name">The name of its files, without an extension.</param>
/// <param name="Title">What it shows.</param>
/// <param name="XTitle">The horizontal axis.</param>
/// <param name="YTitle">The vertical axis.</param>
/// <param name="YFormat">How the vertical axis is labelled.</param>
/// <param name="Curves">The curves.</param>
internal sealed record ReportFigure(string Name, string Title, string XTitle, string YTitle, string YFormat, IReadOnlyList<LearningCurve> Curves)
{
    /// <summary>The plot.</summary>
    /// <returns>An SVG element.</returns>
    public string Draw() => new CurvePlot(Title, XTitle, YTitle, YFormat).Draw(Curves);
}
