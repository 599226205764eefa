using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>What came out by activity group: whether what helps on the whole helps the many devices that have little.</summary>
internal static class GroupFigures
{
    private const string Percent = "0 %";

    /// <summary>Makes the plots.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="measure">What they are compared by.</param>
    /// <returns>A plot for each thing to see; none unless every run has ended and has groups.</returns>
    public static IEnumerable<ReportFigure> Of(IReadOnlyList<Arm> arms, Measure measure)
    {
        if (arms.Any(arm => arm.Runs.Any(run => run.Summary is not { Groups.Count: > 0 })))
        {
            return [];
        }

        ReportFigure[] figures =
        [
            OfGroups(arms, $"{measure.Name}-by-group", new($"{measure.Title} by activity", measure.Name, measure.AxisFormat), group => measure.Of(group.Metrics)),
            OfGroups(
                arms,
                "prequential-by-group",
                new($"{measure.Title} on new examples by activity", measure.Name, measure.AxisFormat),
                group => measure.Of(group.Prequential)),
            OfGroups(arms, "updates-by-group", new("Share of updates by activity", "share of updates", Percent), group => group.UpdateShare),
            OfGroups(arms, "never-selected-by-group", new("Never selected by activity", "share of the devices", Percent), group => group.NeverSelected),
        ];
        return figures.Where(figure => figure.Numbers.Rows.Count > 0);
    }

    private static ReportFigure OfGroups(IReadOnlyList<Arm> arms, string name, GroupPlot plot, Func<GroupSummary, double?> measure)
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
            () => plot.Draw(bars));
    }

    private static IReadOnlyList<Spread?> SpreadsOf(Arm arm, Func<GroupSummary, double?> measure) =>
    [
        .. Enumerable.Range(0, arm.Runs.Min(run => run.Summary!.Groups.Count)).Select(group =>
            arm.Runs.Select(run => measure(run.Summary!.Groups[group])).OfType<double>().ToList() is { Count: > 0 } values ? Spread.Of(values) : (Spread?)null),
    ];
}
