using Sheaf.Abstractions.Tasks;

namespace Sheaf.Client.Reports;

/// <summary>How the new examples of every period scored before any device trained on them.</summary>
internal static class PeriodFigures
{
    /// <summary>Makes the plots.</summary>
    /// <param name="arms">The arms.</param>
    /// <returns>A plot; none unless some arm has scored periods in all its runs.</returns>
    public static IEnumerable<ReportFigure> Of(IReadOnlyList<Arm> arms)
    {
        var isLanguage = arms.All(arm => arm.IsLanguage);
        var curves = arms.Select(arm => CurveOf(arm, score => isLanguage ? score.Loss / Math.Log(2) : score.Accuracy)).Where(curve => curve.Points.Count > 1).ToList();
        return curves.Count == 0 ? []
            : isLanguage ? [ReportFigure.OfCurves("prequential-by-period", new("Bits per new word by period", "period", "bits per word", "0.0#"), curves)]
            : [ReportFigure.OfCurves("prequential-by-period", new("Accuracy on new examples by period", "period", "accuracy", "0 %"), curves)];
    }

    // Only periods that every run has scored, so that all points are means of the same seeds.
    private static LearningCurve CurveOf(Arm arm, Func<EvaluationRecord, double> measure)
    {
        var periods = arm.Runs
            .Select(run => run.Periods.Where(period => period.Prequential is not null).Select(period => period.Period))
            .Aggregate((left, right) => left.Intersect(right)).Order();
        return new LearningCurve(
            arm.Name,
            [
                .. periods.Select(period => (
                    (double)(period + 1), Spread.Of([.. arm.Runs.Select(run => measure(run.Periods.First(each => each.Period == period).Prequential!))]))),
            ]);
    }
}
