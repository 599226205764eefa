using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>Compares every arm with the first, over the seeds that both have run.</summary>
internal static class PairedDifferences
{
    private const int ColumnsMax = 7;

    // The first of them are the ones at which differences between ways of selecting devices are the largest.
    private static readonly int[] FirstRounds = [5, 10, 20];

    /// <summary>At every round that was evaluated in all runs of both arms.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="measure">What is compared.</param>
    /// <returns>The differences, by arm and round.</returns>
    public static IReadOnlyList<PairedDifference> ByEveryRound(IReadOnlyList<Arm> arms, Measure measure) =>
        [.. PairsOf(arms).SelectMany(pair => EvaluatedRounds(pair).Select(round => AtRound(pair, round, measure)))];

    /// <summary>At some rounds: 5, 10, 20, 50 and so on, each or the next one evaluated in all runs of both arms, and the last such.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="measure">What is compared.</param>
    /// <returns>The differences, by arm and round.</returns>
    public static IReadOnlyList<PairedDifference> ByRound(IReadOnlyList<Arm> arms, Measure measure) =>
        [.. PairsOf(arms).SelectMany(pair => ChosenOf(EvaluatedRounds(pair)).Select(round => AtRound(pair, round, measure)))];

    /// <summary>At some numbers of examples trained on: 1, 2 and 5 times powers of ten, the largest that every run of both arms has passed;
    /// where there is none, the most that all have reached. Between two evaluations the measure is taken to change evenly.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="measure">What is compared.</param>
    /// <returns>The differences, by arm and number of examples; none for an arm that has no number in common with the first.</returns>
    public static IReadOnlyList<PairedDifference> ByExamples(IReadOnlyList<Arm> arms, Measure measure)
    {
        var differences = PairsOf(arms).SelectMany(pair => ExamplesOf(pair, measure).Select(examples => Compare(
            pair, examples, measure, run => LearningCurve.ValueAt(LearningCurve.PointsByExamples(run, measure.Of), examples)))).ToList();
        var shown = differences.Select(difference => difference.At).Distinct().OrderDescending().Take(ColumnsMax).ToHashSet();
        return [.. differences.Where(difference => shown.Contains(difference.At))];
    }

    /// <summary>In every activity group, at the end of the runs.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="measure">What is compared.</param>
    /// <param name="metrics">Which metrics of a group.</param>
    /// <returns>The differences, by arm and group, over the seeds with which both runs have ended and have those metrics.</returns>
    public static IReadOnlyList<PairedDifference> ByGroup(IReadOnlyList<Arm> arms, Measure measure, Func<GroupSummary, RunMetrics?> metrics)
    {
        return
        [
            .. PairsOf(arms).SelectMany(pair => Enumerable.Range(0, pair.All.Max(run => run.Summary?.Groups.Count ?? 0))
                .Select(group => (Group: group, Pair: pair with { Runs = [.. pair.Runs.Where(runs => Of(runs.First, group) is not null && Of(runs.Other, group) is not null)] }))
                .Where(at => at.Pair.Runs.Count > 0)
                .Select(at => Compare(at.Pair, at.Group + 1, measure, run => Of(run, at.Group)!.Value))),
        ];

        double? Of(RunResult run, int group) => measure.Of(run.Summary?.Groups.ElementAtOrDefault(group) is { } summary ? metrics(summary) : null);
    }

    private static IEnumerable<Pair> PairsOf(IReadOnlyList<Arm> arms) => arms.Skip(1)
        .Select(arm => new Pair(arm.Name, [.. arms[0].Runs.Join(arm.Runs, run => run.Study.Seed, run => run.Study.Seed, (first, other) => (first, other))]))
        .Where(pair => pair.Runs.Count > 0);

    private static PairedDifference AtRound(Pair pair, int round, Measure measure) =>
        Compare(pair, round, measure, run => measure.Of(run.Rounds.First(line => line.Round == round).Metrics!));

    private static PairedDifference Compare(Pair pair, double at, Measure measure, Func<RunResult, double> value)
    {
        var differences = pair.Runs.Select(runs => value(runs.Other) - value(runs.First)).ToList();
        return new PairedDifference(
            pair.Arm, at, Spread.Of(differences), differences.Count(difference => measure.IsHigherBetter ? difference > 0 : difference < 0));
    }

    private static List<int> EvaluatedRounds(Pair pair) =>
    [
        .. pair.All.Select(run => run.Rounds.Where(round => round.Metrics is not null).Select(round => round.Round))
            .Aggregate((left, right) => left.Intersect(right)).Order(),
    ];

    private static IEnumerable<int> ChosenOf(List<int> evaluated)
    {
        if (evaluated.Count == 0)
        {
            return [];
        }

        var wanted = FirstRounds.Concat(Ladder(50, evaluated[^1]).Select(round => (int)round)).Append(evaluated[^1]);
        return wanted.Where(round => round <= evaluated[^1]).Select(round => evaluated.First(next => next >= round)).Distinct().Order();
    }

    private static List<double> ExamplesOf(Pair pair, Measure measure)
    {
        var runs = pair.All.Select(run => LearningCurve.PointsByExamples(run, measure.Of)).ToList();
        if (runs.Any(points => points.Count == 0))
        {
            return [];
        }

        var (from, to) = (runs.Max(points => points[0].X), runs.Min(points => points[^1].X));
        var examples = Ladder(1, to).Where(step => step >= from).ToList();
        return examples.Count > 0 || from > to ? examples : [to];
    }

    // 1, 2, 5, 10, 20, 50 and so on, in [from, to].
    private static IEnumerable<double> Ladder(double from, double to)
    {
        for (var decade = 1.0; decade <= to; decade *= 10)
        {
            foreach (var step in new[] { decade, 2 * decade, 5 * decade }.Where(step => step >= from && step <= to))
            {
                yield return step;
            }
        }
    }

    private sealed record Pair(string Arm, IReadOnlyList<(RunResult First, RunResult Other)> Runs)
    {
        public IEnumerable<RunResult> All => Runs.SelectMany(runs => new[] { runs.First, runs.Other });
    }
}
