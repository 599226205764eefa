using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>What came out by activity group: whether what helps on the whole helps the many devices that have little.</summary>
internal static class GroupFigures
{
    /// <summary>Makes the plots.</summary>
    /// <param name="arms">The arms.</param>
    /// <returns>A plot per measure; none unless every run has ended and has groups.</returns>
    public static IEnumerable<ReportFigure> Of(IReadOnlyList<Arm> arms)
    {
        if (arms.Any(arm => arm.Runs.Any(run => run.Summary is not { Groups.Count: > 0 })))
        {
            return [];
        }

        return
        [
            OfMeasure(arms, "accuracy-by-group", "Accuracy by activity", "accuracy", group => group.Accuracy),
            OfMeasure(arms, "updates-by-group", "Share of updates by activity", "share of updates", group => group.UpdateShare),
            OfMeasure(arms, "never-selected-by-group", "Never selected by activity", "share of the devices", group => group.NeverSelected),
        ];
    }

    private static ReportFigure OfMeasure(IReadOnlyList<Arm> arms, string name, string title, string yTitle, Func<GroupSummary, double?> measure)
    {
        var bars = arms.Select(arm => (arm.Name, Groups: SpreadsOf(arm, measure))).ToList();
        return new ReportFigure(
            name,
            new ReportNumbers(
                ["arm", "tenth", "mean", "deviation", "runs"],
                [
                    .. bars.SelectMany(arm => arm.Groups.Index().Where(group => group.Item is not null).Select(group => (
                        (IReadOnlyList<string>)[arm.Name],
                        (IReadOnlyList<double>)[group.Index + 1, group.Item!.Value.Mean, group.Item.Value.Deviation, group.Item.Value.Count]))),
                ]),
            () => new GroupPlot(title, yTitle).Draw(bars));
    }

    private static IReadOnlyList<Spread?> SpreadsOf(Arm arm, Func<GroupSummary, double?> measure) =>
    [
        .. Enumerable.Range(0, arm.Runs.Min(run => run.Summary!.Groups.Count)).Select(group =>
            arm.Runs.Select(run => measure(run.Summary!.Groups[group])).OfType<double>().ToList() is { Count: > 0 } values ? Spread.Of(values) : (Spread?)null),
    ];
}
