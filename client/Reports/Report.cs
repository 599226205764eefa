using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>What a report shows of some runs.</summary>
internal sealed class Report
{
    private const double DefaultTargetShare = 0.9;

    private Report(IReadOnlyList<Arm> arms, double? target)
    {
        (Arms, Target, Measure) = (arms, target, Measure.For(arms));
        Figures =
        [
            CurvesByRound(Measure.Name, Measure.Title, Measure.Name, Measure.AxisFormat, Measure.Of),
            ReportFigure.OfCurves(
                $"{Measure.Name}-by-examples",
                new($"{Measure.Title} by examples trained on", "examples", Measure.Name, Measure.AxisFormat),
                [.. arms.Select(arm => LearningCurve.ByExamples(arm, Measure.Of))]),
            CurvesByRound("loss", "Loss", "loss (nats)", "0.0#", score => score.Loss),
            .. Measure == Measure.Perplexity
                ? (ReportFigure[])[CurvesByRound("bits", "Bits per word", "bits per word", "0.0#", score => score.Loss / Math.Log(2))]
                : [],
            .. TimeFigures.Of(arms, Measure),
            .. PeriodFigures.Of(arms, Measure),
            .. GroupFigures.Of(arms, Measure),
        ];
        Rows = [.. arms.Select(arm => ReportRow.Of(arm, target))];
        Settings = SettingsTable.Of(arms);
        DifferencesByRound = PairedDifferences.ByRound(arms, Measure);
        DifferencesByExamples = PairedDifferences.ByExamples(arms, Measure);
        DifferencesByGroup = PairedDifferences.ByGroup(arms, Measure, group => group.Metrics);
        NewDifferencesByGroup = PairedDifferences.ByGroup(arms, Measure, group => group.Prequential);
        Sections = DifferenceSections.Of(this);
    }

    /// <summary>The arms; the others are compared with the first.</summary>
    public IReadOnlyList<Arm> Arms { get; }

    /// <summary>The accuracy whose rounds are counted, in [0, 1]; null when nothing was evaluated.</summary>
    public double? Target { get; }

    /// <summary>What the arms are compared by.</summary>
    public Measure Measure { get; }

    /// <summary>The plots.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; }

    /// <summary>The results, one row an arm.</summary>
    public IReadOnlyList<ReportRow> Rows { get; }

    /// <summary>By how much each arm differs from the first at the same round.</summary>
    public IReadOnlyList<PairedDifference> DifferencesByRound { get; }

    /// <summary>By how much each arm differs from the first after training on as many examples.</summary>
    public IReadOnlyList<PairedDifference> DifferencesByExamples { get; }

    /// <summary>By how much each arm differs from the first in every activity group, at the end.</summary>
    public IReadOnlyList<PairedDifference> DifferencesByGroup { get; }

    /// <summary>The same on new examples before anybody trained on them.</summary>
    public IReadOnlyList<PairedDifference> NewDifferencesByGroup { get; }

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

    private ReportFigure CurvesByRound(string name, string title, string yTitle, string yFormat, Func<EvaluationRecord, double> measure) => ReportFigure.OfCurves(
        $"{name}-by-round", new($"{title} by round", "round", yTitle, yFormat), [.. Arms.Select(arm => LearningCurve.ByRound(arm, measure))]);
}
