namespace Sheaf.Client.Reports;

/// <summary>Compares every arm with the first, over the seeds that both have run.</summary>
internal static class PairedDifferences
{
    private const int ColumnsMax = 7;

    // The first of them are the ones at which differences between ways of selecting devices are the largest.
    private static readonly int[] FirstRounds = [5, 10, 20];

    /// <summary>At some rounds: 5, 10, 20, 50 and so on, each or the next one evaluated in all runs of both arms, and the last such.</summary>
    /// <param name="arms">The arms.</param>
    /// <returns>The differences, by arm and round.</returns>
    public static IReadOnlyList<PairedDifference> ByRound(IReadOnlyList<Arm> arms) =>
        [.. PairsOf(arms).SelectMany(pair => RoundsOf(pair).Select(round => Compare(pair, round, run => AccuracyAt(run, round))))];

    /// <summary>At some numbers of examples trained on: 1, 2 and 5 times powers of ten, the largest that every run of both arms has passed;
    /// where there is none, the most that all have reached. Between two evaluations accuracy is taken to change evenly.</summary>
    /// <param name="arms">The arms.</param>
    /// <returns>The differences, by arm and number of examples; none for an arm that has no number in common with the first.</returns>
    public static IReadOnlyList<PairedDifference> ByExamples(IReadOnlyList<Arm> arms)
    {
        var differences = PairsOf(arms).SelectMany(pair => ExamplesOf(pair).Select(
            examples => Compare(pair, examples, run => LearningCurve.ValueAt(LearningCurve.PointsByExamples(run, score => score.Accuracy), examples)))).ToList();
        var shown = differences.Select(difference => difference.At).Distinct().OrderDescending().Take(ColumnsMax).ToHashSet();
        return [.. differences.Where(difference => shown.Contains(difference.At))];
    }

    /// <summary>Lays differences out.</summary>
    /// <param name="name">The name of the table's file.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="note">How to read it.</param>
    /// <param name="at">What <see cref="PairedDifference.At"/> counts.</param>
    /// <param name="differences">The differences.</param>
    /// <returns>The table: a row an arm, a column a point.</returns>
    public static ReportSection Table(string name, string title, string note, string at, IReadOnlyList<PairedDifference> differences)
    {
        var points = differences.Select(difference => difference.At).Distinct().Order().ToList();
        return new ReportSection(
            name,
            title,
            note,
            ["arm", .. points.Select(point => FormattableString.Invariant($"{at} {point:#,0}"))],
            [.. differences.GroupBy(difference => difference.Arm).Select(arm => (IReadOnlyList<string>)
                [arm.Key, .. points.Select(point => arm.FirstOrDefault(difference => difference.At == point)?.ToString() ?? "–")])],
            new ReportNumbers(
                ["arm", at, "mean", "deviation", "wins", "runs"],
                [.. differences.Select(difference => RowOf(difference))]));
    }

    private static (IReadOnlyList<string> Texts, IReadOnlyList<double> Values) RowOf(PairedDifference difference) =>
        ([difference.Arm], [difference.At, difference.Accuracy.Mean, difference.Accuracy.Deviation, difference.Wins, difference.Accuracy.Count]);

    private static IEnumerable<Pair> PairsOf(IReadOnlyList<Arm> arms) => arms.Skip(1)
        .Select(arm => new Pair(arm.Name, [.. arms[0].Runs.Join(arm.Runs, run => run.Study.Seed, run => run.Study.Seed, (first, other) => (first, other))]))
        .Where(pair => pair.Runs.Count > 0);

    private static PairedDifference Compare(Pair pair, double at, Func<RunResult, double> measure)
    {
        var differences = pair.Runs.Select(runs => measure(runs.Other) - measure(runs.First)).ToList();
        return new PairedDifference(pair.Arm, at, Spread.Of(differences), differences.Count(difference => difference > 0));
    }

    private static IEnumerable<int> RoundsOf(Pair pair)
    {
        var evaluated = pair.All.Select(run => run.Rounds.Where(round => round.Metrics is not null).Select(round => round.Round))
            .Aggregate((left, right) => left.Intersect(right)).Order().ToList();
        if (evaluated.Count == 0)
        {
            return [];
        }

        var wanted = FirstRounds.Concat(Ladder(50, evaluated[^1]).Select(round => (int)round)).Append(evaluated[^1]);
        return wanted.Where(round => round <= evaluated[^1]).Select(round => evaluated.First(next => next >= round)).Distinct().Order();
    }

    private static List<double> ExamplesOf(Pair pair)
    {
        var runs = pair.All.Select(run => LearningCurve.PointsByExamples(run, score => score.Accuracy)).ToList();
        if (runs.Any(points => points.Count == 0))
        {
            return [];
        }

        var (from, to) = (runs.Max(points => points[0].X), runs.Min(points => points[^1].X));
        var examples = Ladder(1, to).Where(step => step >= from).ToList();
        return examples.Count > 0 || from > to ? examples : [to];
    }

    private static double AccuracyAt(RunResult run, int round) => run.Rounds.First(line => line.Round == round).Metrics!.Accuracy;

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
