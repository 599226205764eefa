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

        var summary = RunSummary.Of(new Study { Name = "s", Seed = 9 }, new PopulationTotals(7, 6, 500, 100), records, TimeSpan.FromSeconds(70));

        Assert.Equal(("s", 9UL, 6L, 500L), (summary.Study, summary.Seed, summary.Devices, summary.Examples));
        Assert.Equal((10, 1, 99L), (summary.Rounds, summary.RoundsAbandoned, summary.Updates));
        Assert.Equal(99 / 55.0, summary.UpdatesPerSecond, 12);
        Assert.Equal(new RoundSeconds(5, 10, 10), summary.RoundSeconds);
        Assert.Equal(new RunMetrics(0.5, 1.25), summary.Metrics);
        Assert.Equal((70, "c10", false), (summary.ElapsedSeconds, summary.Checkpoint, summary.Repeatable));
    }

    [Fact]
    public void Of_NextWords_SaysWhatTheLossIsInBitsAndWords()
    {
        var record = Round(1, trained: 1, seconds: 1) with { Evaluation = new EvaluationRecord(1, 8, 0.25, Math.Log(8)) };
        var study = new Study { Task = new TaskSection { Type = TaskType.NextWord } };

        var metrics = RunSummary.Of(study, new PopulationTotals(1, 1, 8, 8), [record], TimeSpan.FromSeconds(1)).Metrics!;

        // As good as guessing among eight words, which takes three bits.
        Assert.Equal((0.25, Math.Log(8)), (metrics.Accuracy, metrics.Loss));
        Assert.Equal(3, metrics.BitsPerWord!.Value, 12);
        Assert.Equal(8, metrics.Perplexity!.Value, 12);
    }

    private static RoundRecord Round(int round, int trained, double seconds) => new(
        round, null, 12, new DeviceOutcomes(trained, 1, 0, 0, 0, 0, 0), 50, 1, new EvaluationRecord(3, 4, 0.5, 1.25), 10, $"c{round}", true, 1,
        ImmutableSortedDictionary<RoundPhase, double>.Empty.Add(RoundPhase.Train, seconds * 0.75).Add(RoundPhase.Commit, seconds * 0.25).Add(RoundPhase.Evaluate, 100));
}
