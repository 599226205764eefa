using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>A silo goes while its lanes are in the middle of a round; nobody calls the task until it has ended.</summary>
[Collection(Clusters.Name)]
public sealed class InterruptionTests(SharedClusters shared)
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Silo_GoneInTheMiddleOfARound_TaskEndsWithTheSameRecords(bool isCoordinators, bool isKilled)
    {
        await using var cluster = await SheafCluster.StartAsync(3);
        using var gate = cluster.Gate.Close(SharedClusters.ReferenceSeed, round: 2);
        await cluster.StartTaskAsync("interrupted", TinyStudy.Task("interrupted", SharedClusters.ReferenceSeed));
        await gate.ReachedAsync();
        var coordinator = Assert.Single(await cluster.ActivationsAsync<RoundCoordinatorGrain>()).Silo;
        var others = cluster.Silos.Select(silo => silo.Name).Where(name => name != coordinator);
        var reached = await await Task.WhenAny(others.Select(gate.ReachedOnAsync));
        var victim = isCoordinators ? coordinator : reached.Silo;

        var gone = isKilled ? cluster.KillAsync(victim) : cluster.StopAsync(victim);
        gate.Open();
        await gone;

        var progress = await cluster.EndAsync("interrupted");
        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(progress.Records));
        Assert.DoesNotContain(cluster.Gate.BatchesOf(SharedClusters.ReferenceSeed), batch => batch.Round == 3 && batch.Silo == victim);
    }
}
