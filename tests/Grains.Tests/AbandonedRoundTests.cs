using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>A round that cannot be finished: it is written down with its reason, and the task goes on.</summary>
[Collection(Clusters.Name)]
public sealed class AbandonedRoundTests(SharedClusters shared)
{
    [Fact]
    public async Task Round_WhoseTrainingAlwaysThrows_IsAbandonedAndTheNextOneRuns()
    {
        const ulong Seed = 401;
        var cluster = shared.One;
        for (var loss = 0; loss < new SliceRetryOptions().LossesMax; loss++)
        {
            cluster.Gate.FailOnce(Seed, round: 2, () => new InvalidOperationException("The lane broke."));
        }

        await cluster.StartTaskAsync("abandoned", TinyStudy.Task("abandoned", Seed));

        var progress = await cluster.EndAsync("abandoned");
        Assert.Equal((TaskRunStatus.Completed, 3), (progress.Status, progress.Records.Length));
        var (first, second, third) = (progress.Records[0], progress.Records[1], progress.Records[2]);
        Assert.Equal("a slice was lost 10 times, at last because: The lane broke.", second.Abandoned);
        Assert.Equal((TinyStudy.Cohort, 0, first.Checkpoint), (second.Cohort, second.Outcomes.Trained, second.Checkpoint));
        Assert.False(second.Repeatable);
        Assert.All((await cluster.CohortAsync("abandoned", 2)).Trained, bits => Assert.Equal(0, bits));
        Assert.Null(third.Abandoned);
        Assert.Equal(TinyStudy.Cohort, third.Outcomes.Trained);
    }

    [Fact]
    public async Task Round_WhoseTrainingThrowsOnce_EndsAsIfItHadNot()
    {
        const ulong Seed = 402;
        var cluster = shared.One;
        await cluster.StartTaskAsync("undisturbed-402", TinyStudy.Task("undisturbed-402", Seed));
        var undisturbed = await cluster.EndAsync("undisturbed-402");
        cluster.Gate.FailOnce(Seed, round: 2, () => new InvalidOperationException("The lane broke."));

        await cluster.StartTaskAsync("thrown-402", TinyStudy.Task("thrown-402", Seed));

        var progress = await cluster.EndAsync("thrown-402");
        Assert.Equal(TinyStudy.Comparable(undisturbed.Records), TinyStudy.Comparable(progress.Records));
        Assert.Equal(2, progress.Records[1].Attempts);
    }
}
