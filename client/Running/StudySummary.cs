using Sheaf.Client.Reports;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary><c>summary.json</c> of a study with arms or seeds: what came out of all its runs.</summary>
/// <param name="Study">The study's name.</param>
/// <param name="Runs">How many runs there are.</param>
/// <param name="Target">The accuracy whose rounds are counted; null when nothing was evaluated.</param>
/// <param name="Arms">The results of each arm over its seeds.</param>
/// <param name="DifferencesByRound">What each arm is ahead of the first at the same round.</param>
/// <param name="DifferencesByExamples">What each arm is ahead of the first after training on as many examples.</param>
/// <param name="Repeatable">Whether every round of every run is repeatable, and how its periods began.</param>
internal sealed record StudySummary(
    string Study,
    int Runs,
    double? Target,
    IReadOnlyList<ReportRow> Arms,
    IReadOnlyList<PairedDifference> DifferencesByRound,
    IReadOnlyList<PairedDifference> DifferencesByExamples,
    bool Repeatable)
{
    /// <summary>Sums a study up.</summary>
    /// <param name="study">The study.</param>
    /// <param name="report">The report of all its runs.</param>
    /// <returns>The summary.</returns>
    public static StudySummary Of(Study study, Report report)
    {
        var runs = report.Arms.SelectMany(arm => arm.Runs).ToList();
        return new StudySummary(
            study.Name,
            runs.Count,
            report.Target,
            report.Rows,
            report.DifferencesByRound,
            report.DifferencesByExamples,
            runs.All(run => run.Rounds.All(round => round.Repeatable) && run.Periods.All(period => period.Repeatable)));
    }
}
