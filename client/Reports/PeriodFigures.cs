namespace Sheaf.Client.Reports;

/// <summary>How the new examples of every period scored before any device trained on them.</summary>
internal static class PeriodFigures
{
    /// <summary>Makes the plots.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="measure">What they are compared by.</param>
    /// <returns>A plot; none unless some arm has scored several periods, the first aside, in all its runs.</returns>
    public static IEnumerable<ReportFigure> Of(IReadOnlyList<Arm> arms, Measure measure)
    {
        var curves = arms.Select(arm => CurveOf(arm, measure)).Where(curve => curve.Points.Count > 1).ToList();
        return curves.Count == 0 ? []
            : [ReportFigure.OfCurves("prequential-by-period", new($"{measure.Title} on new examples by period", "period", measure.Name, measure.AxisFormat), curves)];
    }

    // Only periods that every run has scored, so that all points are means of the same seeds; and not the first, which a model met that had learnt nothing.
    private static LearningCurve CurveOf(Arm arm, Measure measure)
    {
        var periods = arm.Runs
            .Select(run => run.Periods.Where(period => period is { Prequential: not null, Round: > 1 }).Select(period => period.Period))
            .Aggregate((left, right) => left.Intersect(right)).Order();
        return new LearningCurve(
            arm.Name,
            [
                .. periods.Select(period => (
                    (double)(period + 1), Spread.Of([.. arm.Runs.Select(run => measure.Of(run.Periods.First(each => each.Period == period).Prequential!))]))),
            ]);
    }
}
