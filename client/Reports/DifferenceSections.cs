namespace Sheaf.Client.Reports;

/// <summary>What the arms differ in from the first, seed by seed: as tables, and drawn.</summary>
internal static class DifferenceSections
{
    private const string Tenth = "tenth";

    private static readonly Spread Nothing = new(1, 0, 0);

    /// <summary>Makes the sections.</summary>
    /// <param name="report">The report, whose differences are known.</param>
    /// <returns>Those that have a row.</returns>
    public static IReadOnlyList<ReportSection> Of(Report report)
    {
        var (measure, first, note) = (report.Measure, report.Arms[0].Name, NoteOf(report.Measure));
        var groupNote = $"{note} By tenth of the devices, the most active last.";
        ReportSection[] sections =
        [
            ByPoint(
                new("difference-by-round", $"Difference from {first} by round", note, "round", measure, first),
                report.DifferencesByRound,
                PairedDifferences.ByEveryRound(report.Arms, measure)),
            ByPoint(
                new(
                    "difference-by-examples",
                    $"Difference from {first} by examples trained on",
                    $"{note} An arm that is ahead by round but not by examples trains on more data in a round, not on better data.",
                    "examples",
                    measure,
                    first),
                report.DifferencesByExamples),
            ByGroup(
                new("difference-by-group", $"Difference from {first} by activity", groupNote, Tenth, measure, first),
                report.DifferencesByGroup),
            ByGroup(
                new("new-difference-by-group", $"Difference from {first} on new examples by activity", groupNote, Tenth, measure, first),
                report.NewDifferencesByGroup),
        ];
        return [.. sections.Where(section => section.Rows.Count > 0)];
    }

    /// <summary>Lays differences out.</summary>
    /// <param name="heading">What they are.</param>
    /// <param name="shown">The differences in the table: a row an arm, a column a point.</param>
    /// <param name="all">The differences in the file and the plot; null for those of the table.</param>
    /// <returns>The section.</returns>
    internal static ReportSection ByPoint(DifferenceHeading heading, IReadOnlyList<PairedDifference> shown, IReadOnlyList<PairedDifference>? all = null)
    {
        // The first arm differs by nothing from itself: it is drawn so that all arms have the colours of the other plots.
        var first = new LearningCurve(heading.First, [.. (all ?? shown).Select(difference => difference.At).Distinct().Order().Select(at => (at, Nothing))]);
        var curves = (all ?? shown).GroupBy(difference => difference.Arm)
            .Select(arm => new LearningCurve(arm.Key, [.. arm.Select(difference => (difference.At, difference.Difference))])).ToList();
        return Table(heading, shown, all ?? shown, curves.Any(curve => curve.Points.Count > 1)
            ? () => new CurvePlot(heading.Title, heading.At, heading.Axis, heading.Measure.AxisFormat).Draw([first, .. curves])
            : null);
    }

    private static ReportSection ByGroup(DifferenceHeading heading, IReadOnlyList<PairedDifference> differences) => Table(
        heading,
        differences,
        differences,
        () => new GroupPlot(heading.Title, heading.Axis, heading.Measure.AxisFormat).Draw(
        [
            // With no bars of its own, for the same reason.
            (heading.First, []),
            .. differences.GroupBy(difference => difference.Arm).Select(arm => (arm.Key, GroupsOf(differences, arm))),
        ]));

    private static IReadOnlyList<Spread?> GroupsOf(IReadOnlyList<PairedDifference> differences, IEnumerable<PairedDifference> arm) =>
    [
        .. Enumerable.Range(1, (int)differences.Max(difference => difference.At))
            .Select(group => arm.FirstOrDefault(difference => difference.At == group)?.Difference),
    ];

    private static ReportSection Table(
        DifferenceHeading heading, IReadOnlyList<PairedDifference> shown, IReadOnlyList<PairedDifference> all, Func<string>? draw)
    {
        var points = shown.Select(difference => difference.At).Distinct().Order().ToList();
        return new ReportSection(
            heading.Name,
            heading.Title,
            heading.Note,
            ["arm", .. points.Select(point => FormattableString.Invariant($"{heading.At} {point:#,0}"))],
            [
                .. shown.GroupBy(difference => difference.Arm).Select(arm => (IReadOnlyList<string>)
                    [arm.Key, .. points.Select(point => arm.FirstOrDefault(difference => difference.At == point)?.Show(heading.Measure) ?? "–")]),
            ],
            new ReportNumbers(["arm", heading.At, "mean", "deviation", "wins", "runs"], [.. all.Select(RowOf)]),
            draw);
    }

    private static (IReadOnlyList<string> Texts, IReadOnlyList<double> Values) RowOf(PairedDifference difference) =>
        ([difference.Arm], [difference.At, difference.Difference.Mean, difference.Difference.Deviation, difference.Wins, difference.Difference.Count]);

    private static string NoteOf(Measure measure) =>
        $"{measure.Title} less that of the first arm with the same seed: mean ± standard deviation over seeds, and with how many of them the arm is ahead"
            + (measure.IsHigherBetter ? "." : ", which is below.");
}

/// <summary>What a section shows differences of.</summary>
/// <param name="Name">The name of its files, without an extension.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Note">How to read it: sentences.</param>
/// <param name="At">What <see cref="PairedDifference.At"/> counts.</param>
/// <param name="Measure">What is compared.</param>
/// <param name="First">The name of the arm that the others are compared with.</param>
internal sealed record DifferenceHeading(string Name, string Title, string Note, string At, Measure Measure, string First)
{
    /// <summary>The title of the vertical axis.</summary>
    public string Axis => $"{Measure.Name} less that of {First}";
}
