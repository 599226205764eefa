namespace Sheaf.Client.Reports;

/// <summary>The plots of studies with a virtual clock.</summary>
internal static class TimeFigures
{
    private const string Hours = "hours";

    /// <summary>The plots.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="measure">What they are compared by.</param>
    /// <returns>None unless every arm has a virtual clock.</returns>
    public static IEnumerable<ReportFigure> Of(IReadOnlyList<Arm> arms, Measure measure)
    {
        if (!arms.All(arm => arm.HasClock))
        {
            yield break;
        }

        yield return ReportFigure.OfCurves(
            $"{measure.Name}-by-hours",
            new($"{measure.Title} by virtual time", Hours, measure.Name, measure.AxisFormat),
            [.. arms.Select(arm => LearningCurve.ByHours(arm, round => round.Metrics is { } score ? measure.Of(score) : null))]);
        yield return ReportFigure.OfCurves(
            "share-by-hours",
            new("Selected devices whose update was in time", Hours, "share", "0 %"),
            [.. arms.Select(arm => LearningCurve.ByHours(arm, round => round.Cohort > 0 ? (double)round.Outcomes.Trained / round.Cohort : null))]);
        yield return ReportFigure.OfCurves(
            "online-by-hours",
            new("Devices online", Hours, "devices", "#,0"),
            [.. arms.Select(arm => LearningCurve.ByHours(arm, round => round.Time?.Online))]);
    }
}
