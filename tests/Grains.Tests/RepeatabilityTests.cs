using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

[Collection(Clusters.Name)]
public sealed class RepeatabilityTests(SharedClusters shared)
{
    [Fact]
    public void Reference_OneSilo_TrainsEveryRound()
    {
        Assert.Equal([1, 2, 3], shared.Reference.Select(record => record.Round));
        Assert.All(shared.Reference, record =>
        {
            Assert.Null(record.Abandoned);
            Assert.Equal((TinyStudy.Cohort, TinyStudy.Cohort), (record.Cohort, record.Outcomes.Trained));
            Assert.True(record.Repeatable);
            Assert.Equal(1, record.Attempts);
            Assert.NotNull(record.Evaluation);
        });
        Assert.Equal(3, shared.Reference.Select(record => record.Checkpoint).Distinct().Count());
    }

    [Fact]
    public async Task Run_SameSeedOnAFreshCluster_SameRecords()
    {
        await using var cluster = await SheafCluster.StartAsync(1);
        var records = await cluster.RunAsync("again", TinyStudy.Task("again", SharedClusters.ReferenceSeed));
        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
    }

    [Fact]
    public async Task Run_OnThreeSilos_SameRecordsAsOnOne()
    {
        var records = await shared.Three.RunAsync("three", TinyStudy.Task("three", SharedClusters.ReferenceSeed));
        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        // The claim is about several silos only if several trained.
        Assert.True(shared.Three.Gate.BatchesOf(SharedClusters.ReferenceSeed).Select(batch => batch.Silo).Distinct().Count() > 1);
    }

    [Fact]
    public async Task Run_OtherSeed_OtherCheckpoints()
    {
        var records = await shared.One.RunAsync("other-seed", TinyStudy.Task("other-seed", 2));
        Assert.Empty(records.Select(record => record.Checkpoint).Intersect(shared.Reference.Select(record => record.Checkpoint)));
    }

    [Fact]
    public async Task Run_Undisturbed_SameCheckpointsAsALoopWithoutGrains()
    {
        var loop = new BareLoop(SharedClusters.ReferenceSeed);
        foreach (var record in shared.Reference)
        {
            var cohort = await shared.One.CohortAsync("reference", record.Round);
            Assert.Equal(loop.Round(record.Round, cohort.Devices), record.Checkpoint);
        }
    }
}
