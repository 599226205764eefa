using Sheaf.Client.Reports;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary><c>summary.json</c> of a study with arms or seeds: what came out of all its runs.</summary>
/// <param name="Study">The study's name.</param>
/// <param name="Runs">How many runs there are.</param>
/// <param name="Target">The accuracy whose rounds are counted; null when nothing was evaluated.</param>
/// <param name="Arms">The results of each arm over its seeds.</param>
/// <param name="Measure">What the arms are compared by: "accuracy", or "perplexity" when all learn next words.</param>
/// <param name="DifferencesByRound">By how much each arm differs from the first at the same round.</param>
/// <param name="DifferencesByExamples">By how much each arm differs from the first after training on as many examples.</param>
/// <param name="DifferencesByGroup">By how much each arm differs from the first in every activity group, from 1, at the end.</param>
/// <param name="NewDifferencesByGroup">The same on new examples before anybody trained on them.</param>
/// <param name="Repeatable">Whether every round of every run is repeatable, and how its periods began.</param>
internal sealed record StudySummary(
    string Study,
    int Runs,
    double? Target,
    IReadOnlyList<ReportRow> Arms,
    string Measure,
    IReadOnlyList<PairedDifference> DifferencesByRound,
    IReadOnlyList<PairedDifference> DifferencesByExamples,
    IReadOnlyList<PairedDifference> DifferencesByGroup,
    IReadOnlyList<PairedDifference> NewDifferencesByGroup,
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
            report.Measure.Name,
            report.DifferencesByRound,
            report.DifferencesByExamples,
            report.DifferencesByGroup,
            report.NewDifferencesByGroup,
            runs.All(run => run.Rounds.All(round => round.Repeatable) && run.Periods.All(period => period.Repeatable)));
    }
}
