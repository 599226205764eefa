using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;
using static Sheaf.Grains.Tests.Unlearning.Unlearnings;

namespace Sheaf.Grains.Tests.Unlearning;

/// <summary>Unlearning while other things happen, and after it could not go on.</summary>
[Collection(Clusters.Name)]
public sealed class UnlearningOnBadDaysTests(SharedClusters shared)
{
    [Fact]
    public async Task PlanUnlearning_TwiceWhileTheTaskRuns_AnswersEachByItself()
    {
        const ulong Seed = 1301;
        var (name, cluster) = ("unlearn-twice", shared.One);
        using var gate = cluster.Gate.Close(Seed, round: 4);
        await cluster.StartTaskAsync(name, Spec(name, Seed, "equal", kept: 0));
        await gate.ReachedAsync();
        var cohort = await cluster.CohortAsync(name, 1);
        var (one, other) = (cohort.Devices[0], cohort.Devices[^1]);
        await cluster.Device(name, one).EraseAsync(EraseSpec.All);

        Assert.True((await cluster.Coordinator(name).PlanUnlearningAsync([one])).Lost.IsEmpty);
        await cluster.Device(name, other).EraseAsync(EraseSpec.All);

        // What the first asking was told is no answer to the second: the other device no longer holds what it used.
        Assert.Contains(1, (await cluster.Coordinator(name).PlanUnlearningAsync([one])).Lost.Select(lost => lost.Round));
        Assert.True((await cluster.Coordinator(name).PlanUnlearningAsync([one, other])).Lost.IsEmpty);
        gate.Open();
        Assert.Equal(TaskRunStatus.Completed, (await cluster.EndAsync(name)).Status);
    }

    [Fact]
    public async Task Unlearn_AnotherDeviceErasedMeanwhile_LeavesThatOutAsWell()
    {
        var (name, cluster) = ("unlearn-meanwhile", shared.One);
        await cluster.RunAsync(name, Spec(name, 1302, "equal", kept: 0));
        var device = await DeviceFirstUsedAsync(cluster, name, after: 0);
        var last = await cluster.CohortAsync(name, RoundsInAll);
        var other = last.Devices.First(id => id != device.Id);
        await cluster.Device(name, device.Id).EraseAsync(EraseSpec.All);
        using var hold = cluster.Commits.Hold(name, round: 1);
        await cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.Replay);
        await hold.ReachedAsync();

        var erase = cluster.Device(name, other).EraseAsync(EraseSpec.All);
        hold.Release();
        await erase;

        await UnlearntAsync(cluster, name);
        Assert.Empty(await cluster.Coordinator(name).GetRoundsOfAsync(device.Id));
        Assert.Equal([1], (await cluster.Coordinator(name).GetRoundsOfAsync(other)).Append(1).Distinct());
        Assert.Contains(other, Assert.Single((await cluster.Coordinator(name).GetInfluenceAsync(0)).Unlearned).Devices);
    }

    [Fact]
    public async Task Unlearn_AfterARoundCouldNotBeRunAgain_TrainsAnewFromTheLastCleanRound()
    {
        var (name, cluster) = ("unlearn-stuck", shared.One);
        await cluster.RunAsync(name, Spec(name, 1303, "equal", kept: 0));
        var device = await DeviceFirstUsedAsync(cluster, name, after: 0);
        await cluster.Device(name, device.Id).EraseAsync(EraseSpec.All);
        using var hold = cluster.Commits.Hold(name, round: 2);
        await cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.Replay);
        await hold.ReachedAsync();
        var gone = (await cluster.CohortAsync(name, 4)).Devices.First(id => id != device.Id);
        cluster.Calls.Answer(nameof(IDeviceWork.ContributeAsync), DeviceKey.Of(name, gone), ContributionAnswer.Declined);
        hold.Release();
        var stuck = await EndedAsync(cluster, name, TaskRunStatus.Failed);

        Assert.Contains("cannot be run again", stuck.Failure, StringComparison.Ordinal);
        var round = stuck.Records[^1].Round;
        Assert.InRange(round, 2, 3);
        var plan = await cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.TrainAnew);

        Assert.Equal((round, RoundsInAll - round), (plan.CleanRound, plan.Rounds));
        Assert.Equal(stuck.Records.Select(record => record.Checkpoint), (await UnlearntAsync(cluster, name)).Take(round).Select(record => record.Checkpoint));
        Assert.Empty(await cluster.Coordinator(name).GetRoundsOfAsync(device.Id));
    }

    [Theory]
    [InlineData(UnlearningMode.Replay, 1304)]
    [InlineData(UnlearningMode.TrainAnew, 1305)]
    public async Task Unlearn_CancelledTask_IsCancelledAgainWhereItWas(UnlearningMode mode, int seed)
    {
        var (name, cluster) = ($"unlearn-cancelled-{mode}", shared.One);
        using var gate = cluster.Gate.Close((ulong)seed, round: 4);
        await cluster.StartTaskAsync(name, Spec(name, (ulong)seed, "equal", kept: 4));
        await gate.ReachedAsync();
        var cancelling = cluster.Coordinator(name).CancelAsync();
        await cluster.Calls.BegunAsync(nameof(IRoundCoordinator.CancelAsync), name);
        gate.Open();
        await cancelling;
        var device = await DeviceFirstUsedAsync(cluster, name, after: 0);
        await cluster.Device(name, device.Id).EraseAsync(EraseSpec.All);

        await cluster.Coordinator(name).UnlearnAsync([device.Id], mode);

        var progress = await EndedAsync(cluster, name, TaskRunStatus.Cancelled);
        Assert.Equal([1, 2, 3], progress.Records.Select(record => record.Round));
        Assert.Empty(await cluster.Coordinator(name).GetRoundsOfAsync(device.Id));
        // The catalog learns it after those who ask the coordinator do.
        await SheafCluster.UntilAsync("the catalog forgets the task", async () => !(await cluster.TasksOf(name).GetTasksAsync()).Contains(name));
    }

    private static async Task<TaskProgress> EndedAsync(SheafCluster cluster, string name, TaskRunStatus status)
    {
        TaskProgress progress = null!;
        await SheafCluster.UntilAsync(
            $"the task is {status}", async () => (progress = await cluster.Coordinator(name).GetProgressAsync(0)).Status == status && progress.Records.Length == progress.Round);
        return progress;
    }
}
