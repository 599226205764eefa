using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>How a measure of an arm moves, over its seeds.</summary>
/// <param name="Arm">The arm's name.</param>
/// <param name="Points">Where it was measured and what came out, ascending.</param>
internal sealed record LearningCurve(string Arm, IReadOnlyList<(double X, Spread Y)> Points)
{
    // As many points as a plot can show.
    private const int GridPoints = 60;

    /// <summary>A measure by round. Only rounds that every run has evaluated count, so that all points are means of the same seeds.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="measure">What is measured.</param>
    /// <returns>The curve; without points when no round was evaluated by all.</returns>
    public static LearningCurve ByRound(Arm arm, Func<EvaluationRecord, double> measure)
    {
        var rounds = arm.Runs.Select(run => run.Rounds.Where(round => round.Metrics is not null).Select(round => round.Round)).Aggregate((left, right) => left.Intersect(right));
        return new LearningCurve(
            arm.Name,
            [.. rounds.Order().Select(round => ((double)round, Spread.Of([.. arm.Runs.Select(run => measure(run.Rounds.First(line => line.Round == round).Metrics!))])))]);
    }

    /// <summary>
    /// A measure by examples that devices had trained on, over all rounds, the abandoned ones too: what a round costs. Between two evaluations the line is straight.
    /// </summary>
    /// <param name="arm">The arm.</param>
    /// <param name="measure">What is measured.</param>
    /// <returns>The curve, from where every run has a point to where one has its last.</returns>
    public static LearningCurve ByExamples(Arm arm, Func<EvaluationRecord, double> measure) => ByCost(arm, run => PointsByExamples(run, measure));

    /// <summary>A measure by hours of the virtual clock. Between two points the line is straight.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="measure">What is measured after a round; null where it is not.</param>
    /// <returns>The curve, from where every run has a point to where one has its last; without points when there is no virtual clock.</returns>
    public static LearningCurve ByHours(Arm arm, Func<RoundLine, double?> measure) => ByCost(
        arm,
        run =>
        [
            .. run.Rounds.Select(round => (X: round.EndHours, Y: measure(round))).Where(point => point is { X: not null, Y: not null })
                .Select(point => (point.X!.Value, point.Y!.Value)),
        ]);

    private static LearningCurve ByCost(Arm arm, Func<RunResult, IReadOnlyList<(double X, double Y)>> points)
    {
        var runs = arm.Runs.Select(points).ToList();
        if (runs.Any(run => run.Count == 0))
        {
            return new LearningCurve(arm.Name, []);
        }

        var (from, to) = (runs.Max(run => run[0].X), runs.Min(run => run[^1].X));
        if (from > to)
        {
            return new LearningCurve(arm.Name, []);
        }

        var grid = runs.Count == 1
            ? runs[0].Select(point => point.X)
            : Enumerable.Range(0, GridPoints).Select(at => from + ((to - from) * at / (GridPoints - 1)));
        return new LearningCurve(arm.Name, [.. grid.Distinct().Select(x => (x, Spread.Of([.. runs.Select(run => ValueAt(run, x))])))]);
    }

    /// <summary>A measure of one run by examples that devices had trained on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="measure">What is measured.</param>
    /// <returns>Its evaluated rounds, ascending.</returns>
    public static IReadOnlyList<(double X, double Y)> PointsByExamples(RunResult run, Func<EvaluationRecord, double> measure)
    {
        var points = new List<(double X, double Y)>();
        var examples = 0L;
        foreach (var round in run.Rounds)
        {
            examples += round.Examples;
            if (round.Metrics is { } metrics)
            {
                points.Add((examples, measure(metrics)));
            }
        }

        return points;
    }

    /// <summary>A measure between the points at which it was taken: the line between two is straight, and level before the first and after the last.</summary>
    /// <param name="points">The points, ascending; at least one.</param>
    /// <param name="x">Where.</param>
    /// <returns>The value there.</returns>
    public static double ValueAt(IReadOnlyList<(double X, double Y)> points, double x)
    {
        var right = points.TakeWhile(point => point.X < x).Count();
        if (right == 0 || right == points.Count)
        {
            return points[right == 0 ? 0 : ^1].Y;
        }

        var (before, after) = (points[right - 1], points[right]);
        return before.Y + ((after.Y - before.Y) * (x - before.X) / (after.X - before.X));
    }
}
