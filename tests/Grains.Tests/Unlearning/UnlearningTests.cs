using System.Collections.Immutable;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Continual;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Rounds;

namespace Sheaf.Grains.Tests.Unlearning;

/// <summary>A model from which devices are taken again: it must be, bit for bit, the model of a run in which they never answered.</summary>
[Collection(Clusters.Name)]
public sealed class UnlearningTests(SharedClusters shared)
{
    private const int Rounds = 6;

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

        var keeps = Enumerable.Range(1, Rounds).Aggregate(KeptRounds.None, (known, round) => known.After(round, kept));
        var clean = keeps.Rounds.LastOrDefault(round => round < device.Round);
        Assert.Equal((device.Round, clean, Rounds - clean), (plan.FirstUsed, plan.CleanRound, plan.Rounds));
        Assert.Equal(await UpdatesAfterAsync(cluster, name, clean, without: device.Id), plan.Updates);
        Assert.True(plan.Lost.IsEmpty);
        // To plan changes nothing.
        Assert.Equal(before[^1].Checkpoint, (await cluster.Coordinator(name).GetModelAsync())!.Checkpoint);

        await cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.Replay);

        var after = await UnlearntAsync(cluster, name);
        Assert.Equal(never, Checkpoints(after));
        Assert.All(after.Where(record => record.Round > clean), record => Assert.False(record.Repeatable));
        Assert.Empty(await cluster.Coordinator(name).GetRoundsOfAsync(device.Id));
        var unlearned = Assert.Single((await cluster.Coordinator(name).GetInfluenceAsync(0)).Unlearned);
        Assert.Equal((device.Id, clean, Rounds), (Assert.Single(unlearned.Devices), unlearned.CleanRound, unlearned.LastRound));
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
        Assert.Equal(Rounds, records.Length);
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
        Assert.Equal(Rounds, records.Length);
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
        for (var round = 1; round <= Rounds; round++)
        {
            var cohort = await cluster.CohortAsync(name, round);
            trained.AddRange(cohort.TrainedPlaces.Select(place => (cohort.Devices[place], round)));
        }

        var influence = await cluster.Coordinator(name).GetInfluenceAsync(3);

        Assert.Equal((Rounds, (long)trained.Count, trained.DistinctBy(each => each.Device).Count()), (influence.Rounds, influence.Updates, influence.Devices));
        var expected = trained.GroupBy(each => each.Device, each => each.Round)
            .OrderByDescending(device => device.Count()).ThenBy(device => device.Key, StringComparer.Ordinal).Take(3)
            .Select(device => new DeviceInfluence(device.Key, device.Count(), device.Min(), device.Max()));
        Assert.Equal(expected, influence.Most);
    }

    private static TaskSpec Spec(string name, ulong seed, string weighting, int kept)
    {
        var spec = TinyStudy.Task(name, seed, Rounds);
        return spec with { Plan = spec.Plan with { Weighting = weighting, CheckpointsKept = kept, Selection = spec.Plan.Selection with { Floor = 0.2 } } };
    }

    private static IEnumerable<string> Checkpoints(IEnumerable<RoundRecord> records) => records.Select(record => record.Checkpoint);

    private static async Task<IEnumerable<string>> NeverAnsweredAsync(SheafCluster cluster, TaskSpec spec, string name, string device)
    {
        cluster.Calls.Answer(nameof(IDeviceWork.ContributeAsync), DeviceKey.Of(name, device), ContributionAnswer.Declined);
        var records = await cluster.RunAsync(name, spec with { Population = name });
        Assert.Contains(records, record => record.Outcomes.Declined > 0);
        return Checkpoints(records);
    }

    private static async Task<ImmutableArray<RoundRecord>> UnlearntAsync(SheafCluster cluster, string name)
    {
        TaskProgress progress = null!;
        await SheafCluster.UntilAsync(
            "the rounds are run again",
            async () => (progress = await cluster.Coordinator(name).GetProgressAsync(0)).Status != TaskRunStatus.Running && progress.Records.Length == progress.Rounds);
        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        return progress.Records;
    }

    /// <summary>A device that the model first used after a round, or, if there is none, the one used last.</summary>
    private static async Task<(string Id, int Round)> DeviceFirstUsedAsync(SheafCluster cluster, string name, int after)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var rounds = (await cluster.Coordinator(name).GetProgressAsync(0)).Records.Length;
        for (var round = 1; round <= rounds; round++)
        {
            var cohort = await cluster.CohortAsync(name, round);
            foreach (var place in cohort.TrainedPlaces)
            {
                first.TryAdd(cohort.Devices[place], round);
            }
        }

        var found = first.Where(pair => pair.Value > after).MinBy(pair => (pair.Value, pair.Key.Length, pair.Key));
        return (found.Key, found.Value);
    }

    private static async Task<long> UpdatesAfterAsync(SheafCluster cluster, string name, int clean, string without)
    {
        var updates = 0L;
        for (var round = clean + 1; round <= Rounds; round++)
        {
            var cohort = await cluster.CohortAsync(name, round);
            updates += cohort.TrainedPlaces.Count(place => cohort.Devices[place] != without);
        }

        return updates;
    }

    private static List<string> StoredCheckpoints(SheafCluster cluster, string task) => DatabaseRows.StatesOf(cluster.DatabaseFile, task)
        .Where(state => state.StartsWith("checkpoint-", StringComparison.Ordinal)).Select(state => state.Split('-')[1]).ToList();
}
