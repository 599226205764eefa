using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Continual;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Rounds;
using static Sheaf.Grains.Tests.Unlearning.Unlearnings;

namespace Sheaf.Grains.Tests.Unlearning;

/// <summary>A model from which devices are taken again: it must be, bit for bit, the model of a run in which they never answered.</summary>
[Collection(Clusters.Name)]
public sealed class UnlearningTests(SharedClusters shared)
{
    [Theory]
    [InlineData("equal", 4, 1)]
    [InlineData("inverse-probability", 4, 2)]
    [InlineData("examples", 0, 3)]
    public async Task Unlearn_ErasedDevice_GivesTheModelOfARunInWhichItNeverAnswered(string weighting, int kept, int seed)
    {
        var (name, cluster) = ($"unlearn-{weighting}", shared.Three);
        var spec = Spec(name, 1100 + (ulong)seed, weighting, kept);
        var before = await cluster.RunAsync(name, spec);
        var device = await DeviceFirstUsedAsync(cluster, name, after: 3);
        var never = await NeverAnsweredAsync(cluster, spec, $"{name}-never", device.Id);
        Assert.NotEqual(never, Checkpoints(before));
        await cluster.Device(name, device.Id).EraseAsync(EraseSpec.All);

        var plan = await cluster.Coordinator(name).PlanUnlearningAsync([device.Id]);

        var keeps = Enumerable.Range(1, RoundsInAll).Aggregate(KeptRounds.None, (known, round) => known.After(round, kept));
        var clean = keeps.Rounds.LastOrDefault(round => round < device.Round);
        Assert.Equal((device.Round, clean, RoundsInAll - clean), (plan.FirstUsed, plan.CleanRound, plan.Rounds));
        Assert.Equal(await UpdatesAfterAsync(cluster, name, clean, without: device.Id), plan.Updates);
        Assert.True(plan.Lost.IsEmpty);
        // To plan changes nothing.
        Assert.Equal(before[^1].Checkpoint, (await cluster.Coordinator(name).GetModelAsync())!.Checkpoint);

        await cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.Replay);

        var after = await UnlearntAsync(cluster, name);
        Assert.Equal(never, Checkpoints(after));
        Assert.All(after.Where(record => record.Round > clean), record => Assert.False(record.Repeatable));
        Assert.Empty(await cluster.Coordinator(name).GetRoundsOfAsync(device.Id));
        // Who was selected stays written down, and everybody has one outcome.
        Assert.Equal(before.Select(record => record.Cohort), after.Select(record => record.Cohort));
        Assert.All(after, record => Assert.Equal(record.Cohort, record.Outcomes.Trained + record.Outcomes.Erased));
        Assert.Contains(device.Id, (await cluster.CohortAsync(name, device.Round)).Devices);
        var unlearned = Assert.Single((await cluster.Coordinator(name).GetInfluenceAsync(0)).Unlearned);
        Assert.Equal((device.Id, clean, RoundsInAll), (Assert.Single(unlearned.Devices), unlearned.CleanRound, unlearned.LastRound));
        // What the model was with the device is nowhere any more.
        var tainted = before.Where(record => record.Round >= device.Round).Select(record => record.Checkpoint).Except(never);
        Assert.All(tainted, hash => Assert.DoesNotContain(StoredCheckpoints(cluster, name), stored => stored == hash));
        Assert.Contains(after[^1].Checkpoint, StoredCheckpoints(cluster, name));
        Assert.True((await cluster.Coordinator(name).PlanUnlearningAsync([device.Id])).IsNothingToDo);
    }

    [Fact]
    public async Task Unlearn_CoordinatorGoneInTheMiddle_GoesOnWithTheSameRounds()
    {
        const ulong Seed = 1111;
        var (name, cluster) = ("unlearn-gone", shared.One);
        var spec = Spec(name, Seed, "equal", kept: 0);
        await cluster.RunAsync(name, spec);
        var device = await DeviceFirstUsedAsync(cluster, name, after: 1);
        var never = await NeverAnsweredAsync(cluster, spec, $"{name}-never", device.Id);
        await cluster.Device(name, device.Id).EraseAsync(EraseSpec.All);
        using var hold = cluster.Commits.Hold(name, round: 3);

        await cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.Replay);
        _ = cluster.Coordinator(name).GetProgressAsync(0);
        await hold.ReachedAsync();
        var asleep = cluster.SleepAsync(cluster.Coordinator(name));
        hold.Release();
        await asleep;

        Assert.Equal(never, Checkpoints(await UnlearntAsync(cluster, name)));
    }

    [Fact]
    public async Task Unlearn_WhileTheTaskRuns_RunsItsRoundsAgainAndGoesOn()
    {
        const ulong Seed = 1121;
        var (name, cluster) = ("unlearn-running", shared.One);
        var spec = Spec(name, Seed, "equal", kept: 4);
        using var gate = cluster.Gate.Close(Seed, round: 4);
        await cluster.StartTaskAsync(name, spec);
        await gate.ReachedAsync();
        var device = await DeviceFirstUsedAsync(cluster, name, after: 1);
        await cluster.Device(name, device.Id).EraseAsync(EraseSpec.All);

        var unlearning = cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.Replay);
        gate.Open();
        await unlearning;

        var records = await UnlearntAsync(cluster, name);
        Assert.Equal(RoundsInAll, records.Length);
        Assert.Empty(await cluster.Coordinator(name).GetRoundsOfAsync(device.Id));
        // Up to where it had come it is as if the device had never answered; later rounds draw without it.
        var never = await NeverAnsweredAsync(cluster, spec, $"{name}-never", device.Id);
        Assert.Equal(never.Take(3), Checkpoints(records).Take(3));
    }

    [Fact]
    public async Task Unlearn_DataThatRetentionHasRemoved_SaysWhichRoundsAreLostAndTrainsAnew()
    {
        var (name, cluster) = ("unlearn-lost", shared.One);
        await cluster.Population(name).RegisterAsync(PeriodTests.Population(new RetentionSpec(null, null, PeriodsMax: 1)));
        var spec = Spec(name, 1131, "equal", kept: 4);
        await cluster.Coordinator(name).StartAsync(spec with { Plan = spec.Plan with { Rounds = 3, Periods = 2 } });
        await cluster.Population(name).SealAsync(default, 0);
        await SheafCluster.UntilAsync("the first period is over", async () => (await cluster.Coordinator(name).GetProgressAsync(0)).Records.Length == 3);
        await cluster.Population(name).SealAsync(default, 1);
        await cluster.EndAsync(name);
        var device = await DeviceFirstUsedAsync(cluster, name, after: 0);
        await cluster.Device(name, device.Id).EraseAsync(EraseSpec.All);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.Replay));

        Assert.Equal(1, device.Round);
        Assert.Equal(
            $"Rounds 1, 2, 3 of task '{name}' cannot be run again: devices no longer hold what they used in them. "
            + "Train anew from the checkpoint of round 0, which none of the devices touched.",
            refused.Message);
        var plan = await cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.TrainAnew);
        Assert.Equal([1, 2, 3], plan.Lost.Select(lost => lost.Round));
        Assert.Equal(
            [TinyStudy.Cohort - 1],
            plan.Lost.Where(lost => lost.Round == device.Round).Select(lost => lost.Devices));
        var records = await UnlearntAsync(cluster, name);
        Assert.Equal(RoundsInAll, records.Length);
        Assert.Empty(await cluster.Coordinator(name).GetRoundsOfAsync(device.Id));
    }

    [Fact]
    public async Task PlanUnlearning_DeviceThatHasErasedNothing_IsRefused()
    {
        var (name, cluster) = ("unlearn-held", shared.One);
        await cluster.RunAsync(name, TinyStudy.Task(name, 1141, rounds: 1));
        await cluster.Device(name, "1").EraseAsync(EraseSpec.All);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => cluster.Coordinator(name).PlanUnlearningAsync(["0", "1", "2"]));

        Assert.StartsWith("Nothing of '0', '2' has been erased. Erase it first", refused.Message, StringComparison.Ordinal);
        var none = await Assert.ThrowsAsync<ArgumentException>(() => cluster.Coordinator(name).PlanUnlearningAsync([]));
        Assert.StartsWith("No device is named.", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Influence_OfARun_IsWhatItsLedgerSays()
    {
        var (name, cluster) = ("influence", shared.One);
        await cluster.RunAsync(name, Spec(name, 1151, "equal", kept: 4));
        var trained = new List<(string Device, int Round)>();
        for (var round = 1; round <= RoundsInAll; round++)
        {
            var cohort = await cluster.CohortAsync(name, round);
            trained.AddRange(cohort.TrainedPlaces.Select(place => (cohort.Devices[place], round)));
        }

        var influence = await cluster.Coordinator(name).GetInfluenceAsync(3);

        Assert.Equal((RoundsInAll, (long)trained.Count, trained.DistinctBy(each => each.Device).Count()), (influence.Rounds, influence.Updates, influence.Devices));
        var expected = trained.GroupBy(each => each.Device, each => each.Round)
            .OrderByDescending(device => device.Count()).ThenBy(device => device.Key, StringComparer.Ordinal).Take(3)
            .Select(device => new DeviceInfluence(device.Key, device.Count(), device.Min(), device.Max()));
        Assert.Equal(expected, influence.Most);
    }
}
