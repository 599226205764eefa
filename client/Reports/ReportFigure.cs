namespace Sheaf.Client.Reports;

/// <summary>A plot and its numbers.</summary>
/// <param name="Name">The name of its files, without an extension.</param>
/// <param name="Numbers">What it shows.</param>
/// <param name="Draw">Draws it, as an SVG element.</param>
internal sealed record ReportFigure(string Name, ReportNumbers Numbers, Func<string> Draw)
{
    /// <summary>A plot of learning curves.</summary>
    /// <param name="name">The name of its files, without an extension.</param>
    /// <param name="plot">How it is drawn.</param>
    /// <param name="curves">The curves.</param>
    /// <returns>The figure.</returns>
    public static ReportFigure OfCurves(string name, CurvePlot plot, IReadOnlyList<LearningCurve> curves) => new(
        name,
        new ReportNumbers(
            ["arm", plot.XTitle, "mean", "deviation", "runs"],
            [.. curves.SelectMany(curve => curve.Points.Select(point => RowOf(curve.Arm, point.X, point.Y)))]),
        () => plot.Draw(curves));

    private static (IReadOnlyList<string> Texts, IReadOnlyList<double> Values) RowOf(string arm, double x, Spread y) =>
        ([arm], [x, y.Mean, y.Deviation, y.Count]);
}
