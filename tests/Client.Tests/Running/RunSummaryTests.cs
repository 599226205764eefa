using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Running;

public sealed class RunSummaryTests
{
    [Fact]
    public void Of_Rounds_AddsThemUp()
    {
        // Ten rounds of 1 to 10 seconds, each evaluated for 100 more, which count for nothing; the third is abandoned.
        var records = Enumerable.Range(1, 10).Select(round => Round(round, trained: 11, seconds: round)).ToArray();
        records[2] = records[2] with { Abandoned = "too few", Repeatable = false };

        var summary = RunSummary.Of(new Study { Name = "s", Seed = 9 }, Outcome(new RunData(600, 3, ["x"]), records), TimeSpan.FromSeconds(70));

        Assert.Equal(("s", 9UL, 6L, 500L), (summary.Study, summary.Seed, summary.Devices, summary.Examples));
        Assert.Equal((600L, 3L, "x"), (summary.Data!.Rows, summary.Data.Unlabelled, Assert.Single(summary.Data.UntrainedLabels)));
        Assert.Equal((10, 1, 99L), (summary.Rounds, summary.RoundsAbandoned, summary.Updates));
        Assert.Equal(99 / 55.0, summary.UpdatesPerSecond, 12);
        Assert.Equal(new RoundSeconds(5, 10, 10), summary.RoundSeconds);
        Assert.Equal(new RunMetrics(0.5, 1.25), summary.Metrics);
        Assert.Equal((70, "c10", false), (summary.ElapsedSeconds, summary.Checkpoint, summary.Repeatable));
    }

    [Fact]
    public void Of_NextWords_SaysWhatTheLossIsInBitsAndWords()
    {
        var record = Round(1, trained: 1, seconds: 1) with { Evaluation = new EvaluationRecord(1, 8, 0.25, Math.Log(8), [], []) };
        var study = new Study { Task = new TaskSection { Type = TaskType.NextWord } };

        var metrics = RunSummary.Of(study, Outcome(null, record), TimeSpan.FromSeconds(1)).Metrics!;

        // As good as guessing among eight words, which takes three bits.
        Assert.Equal((0.25, Math.Log(8)), (metrics.Accuracy, metrics.Loss));
        Assert.Equal(3, metrics.BitsPerWord!.Value, 12);
        Assert.Equal(8, metrics.Perplexity!.Value, 12);
    }

    [Fact]
    public void Of_NextWordsInPeriods_TellsThePerplexityOfEachPeriodAndGroup()
    {
        // Two groups; in the second period, which stands for 10 and 30 words of theirs, and the third, for 30 and none.
        PeriodRecord[] periods =
        [
            new(0, 1, Score(Math.Log(64), new GroupScore(1, 5, 0, Math.Log(64), 5), default), null, true),
            new(1, 2, Score(Math.Log(16), new GroupScore(1, 5, 0, Math.Log(4), 10), new GroupScore(1, 15, 0, Math.Log(32), 30)), null, true),
            new(2, 3, Score(Math.Log(8), new GroupScore(1, 15, 0, Math.Log(64), 30), default), null, true),
            new(3, 4, null, "no device has any new example", true),
        ];
        var record = Round(1, trained: 1, seconds: 1) with { Evaluation = Score(1, new GroupScore(1, 5, 0, Math.Log(2), 5), default) };
        var participation = new ParticipationSummary(2, 0, 8, 0.5, [new GroupParticipation(1, 0, 4), new GroupParticipation(1, 0, 4)]);
        var outcome = new RunOutcome(new PopulationTotals(2, 2, 40, 4), null, [record], [.. periods], participation);

        var summary = RunSummary.Of(new Study { Task = new TaskSection { Type = TaskType.NextWord } }, outcome, TimeSpan.FromSeconds(1));

        Assert.Equal([0, 1, 2, 3], summary.Periods.Select(period => period.Period));
        Assert.Equal([64, 16, 8, null], summary.Periods.Select(period => Rounded(period.Prequential)));
        Assert.Equal([2, null], summary.Groups.Select(group => Rounded(group.Metrics)));
        // A quarter of log 4 and three quarters of log 64 are log 32: the first period counts for nothing, nothing being learnt by then.
        Assert.Equal([32, 32], summary.Groups.Select(group => Rounded(group.Prequential)));

        static EvaluationRecord Score(double loss, params GroupScore[] groups) => new(2, 20, 0, loss, [], [.. groups], Represented: 40);

        static double? Rounded(RunMetrics? metrics) => metrics is null ? null : Math.Round(metrics.Perplexity!.Value, 9);
    }

    [Fact]
    public void Of_ContinualRun_TellsOfNewExamplesForgettingAndGroups()
    {
        // Ten devices in two groups; class 0 falls from 0.8 to 0.5, class 1 rises, class 2 was never scored.
        EvaluationRecord[] scores =
        [
            new(3, 4, 0.6, 1, [0.8, 0.2, null], []),
            new(3, 4, 0.5, 1, [0.5, 0.4, null], [new GroupScore(2, 8, 0.25, 1.5), new GroupScore(1, 3, null, null)]),
        ];
        var records = scores.Select((score, at) => Round(at + 1, trained: 3, seconds: 1) with { Evaluation = score }).ToArray();
        PeriodRecord[] periods =
        [
            new(0, 1, new EvaluationRecord(5, 10, 0, 4, [], [], Represented: 10), null, true),
            // Of a sample: five devices with ten examples stand for thirty.
            new(1, 2, new EvaluationRecord(5, 10, 0.5, 2, [], [], Represented: 30), null, true),
            new(2, 3, new EvaluationRecord(5, 10, 0.7, 1, [], [], Represented: 10), null, true),
            new(3, 4, null, "no device has any new example", false),
        ];
        var participation = new ParticipationSummary(10, 6, 8, 0.5, [new GroupParticipation(5, 4, 2), new GroupParticipation(5, 2, 6)]);
        var outcome = new RunOutcome(new PopulationTotals(10, 10, 40, 4), null, records, [.. periods], participation);

        var summary = RunSummary.Of(new Study(), outcome, TimeSpan.FromSeconds(1));

        Assert.Equal((0.55, 1.75, false), (summary.Prequential!.Accuracy, summary.Prequential.Loss, summary.Repeatable));
        Assert.Equal(0.15, summary.Forgetting!.Value, 12);
        Assert.Equal((0.6, 0.5), (summary.NeverSelected, summary.Gini));
        Assert.Equal([new GroupSummary(5, 0.8, 0.25, new RunMetrics(0.25, 1.5), null), new GroupSummary(5, 0.4, 0.75, null, null)], summary.Groups);
        Assert.Equal([0, 0.5, 0.7, null], summary.Periods.Select(period => period.Prequential?.Accuracy));
    }

    private static RunOutcome Outcome(RunData? data, params RoundRecord[] records) =>
        new(new PopulationTotals(7, 6, 500, 100), data, records, [], new ParticipationSummary(7, 1, 99, 0.5, []));

    private static RoundRecord Round(int round, int trained, double seconds) => new(
        round, null, 12, new DeviceOutcomes(trained, 1, 0, 0, 0, 0, 0), 50, 1, new EvaluationRecord(3, 4, 0.5, 1.25, [], []), 10, $"c{round}", true, 1,
        ImmutableSortedDictionary<RoundPhase, double>.Empty.Add(RoundPhase.Train, seconds * 0.75).Add(RoundPhase.Commit, seconds * 0.25).Add(RoundPhase.Evaluate, 100));
}
