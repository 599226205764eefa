using Sheaf.Abstractions;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

[Collection(Clusters.Name)]
public sealed class StorageFailureTests(SharedClusters shared)
{
    [Fact]
    public async Task Commit_StorageFailsAgainAndAgain_TaskSaysWhyAndGoesOnWhenItIsMended()
    {
        const string reason = "The database 'x' cannot be written: the disk is full. Free space there.";
        var cluster = shared.One;
        using var first = cluster.Commits.Hold("stalled", round: 2);
        using var second = cluster.Commits.Hold("stalled", round: 2);
        using var third = cluster.Commits.Hold("stalled", round: 2);
        first.Fail(new StorageFailedException(reason, isPassing: true));
        second.Fail(new StorageFailedException(reason, isPassing: true));

        await cluster.StartTaskAsync("stalled", TinyStudy.Task("stalled", SharedClusters.ReferenceSeed));
        await third.ReachedAsync();
        var stalled = await cluster.Coordinator("stalled").GetProgressAsync(0);
        third.Release();
        var ended = await cluster.EndAsync("stalled");

        Assert.Equal((TaskRunStatus.Running, reason), (stalled.Status, stalled.Failure));
        Assert.Equal((TaskRunStatus.Completed, null), (ended.Status, ended.Failure));
        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(ended.Records));
    }
}
