using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;

namespace Sheaf.Grains.Tests.Erasures;

/// <summary>What receipts say, and what consent withdrawn means.</summary>
[Collection(Clusters.Name)]
public sealed class ReceiptTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Erase_AfterTasksHaveEnded_NamesEveryRoundThatUsedTheDevice()
    {
        const string name = "lineage";
        var first = await shared.One.RunAsync("lineage-a", TinyStudy.Task(name, 1101));
        var second = await shared.One.RunAsync("lineage-b", TinyStudy.Task(name, 1102));
        var id = (await shared.One.CohortAsync("lineage-a", 2)).Devices[0];
        var before = DateTimeOffset.UtcNow;

        var receipt = await shared.One.Device(name, id).EraseAsync(new EraseSpec(Label: TinyStudy.Labels[0]));

        var expected = new List<DeviceRounds>();
        foreach (var (task, rounds) in new[] { ("lineage-a", first), ("lineage-b", second) })
        {
            var used = new List<int>();
            foreach (var round in rounds)
            {
                if ((await shared.One.CohortAsync(task, round.Round)).Devices.Contains(id))
                {
                    used.Add(round.Round);
                }
            }

            if (used.Count > 0)
            {
                expected.Add(new DeviceRounds(task, [.. used]));
            }
        }

        Assert.Contains(2, expected[0].Rounds);
        Assert.Equal(expected.Select(used => (used.Task, string.Join(' ', used.Rounds))), receipt.UsedBy.Select(used => (used.Task, string.Join(' ', used.Rounds))));
        Assert.Equal(LabelledBy(int.Parse(id), TinyStudy.Labels[0]), receipt.Examples);
        Assert.InRange(receipt.LogicallyErasedAt, before, DateTimeOffset.UtcNow);
        Assert.Empty(receipt.InFlight);
        var next = await shared.One.Device(name, id).EraseAsync(new EraseSpec(Ids: [4_000_000_000_000]));
        Assert.Equal((0, true), (next.Examples, next.Number > receipt.Number));
    }

    [Fact]
    public async Task Erase_OneExampleWhileTheDeviceTrains_TakesItOutOfTheRound()
    {
        const ulong Seed = 1103;
        const string name = "part-mid";
        var cluster = shared.One;
        using var gate = cluster.Gate.Close(Seed, round: 2);
        await cluster.StartTaskAsync(name, TinyStudy.Task(name, Seed, rounds: 2));
        var batch = await gate.ReachedAsync();
        var id = Enumerable.Range(0, TinyStudy.Devices).First(id => batch.Has($"{id}"));
        var held = (await cluster.Device(name, $"{id}").GetStatusAsync()).Activity;
        var session = cluster.Service<SliceSessions>(cluster.Silos[0].SiloAddress).Find(new SliceKey(name, 1, 2, SliceKind.Train, 0, 1));
        var row = TinyStudy.Generator.ExamplesOf(id, 0).First(example => !example.IsHeldOut).Row;

        var erase = cluster.Device(name, $"{id}").EraseAsync(new EraseSpec(Ids: [PopulationGenerator.IdOf(0, row)]));
        await SheafCluster.UntilAsync("the attempt is aborted", () => Task.FromResult(session!.Aborted.IsCancellationRequested));
        Assert.Equal(held - 1, (await cluster.Device(name, $"{id}").GetStatusAsync()).Activity);
        gate.Open();
        var receipt = await erase;

        Assert.Equal((1, new EraseFence(name, 2, EraseFenceOutcome.TakenOut)), (receipt.Examples, Assert.Single(receipt.InFlight)));
        var record = (await cluster.EndAsync(name)).Records[1];
        Assert.Equal((1, TinyStudy.Cohort - 1, false), (record.Outcomes.Erased, record.Outcomes.Trained, record.Repeatable));
        Assert.DoesNotContain(cluster.Gate.BatchesOf(Seed).Last(trained => trained.Round == 2).Devices, work => work.Position == DevicePosition.Of($"{id}"));
    }

    [Fact]
    public async Task Withdraw_PushedDevice_TakesNothingInAnyMore()
    {
        const string name = "withdrawn";
        var population = shared.Three.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed());
        await population.IntakeAsync([Row("ann", 0), Row("bob", 1)]);
        await population.SealAsync(Start);

        var receipt = await shared.Three.Device(name, "ann").WithdrawAsync();
        await population.IntakeAsync([Row("ann", 2), Row("bob", 3)]);

        Assert.Equal((1, true, EraseSpec.All), (receipt.Examples, receipt.IsWithdrawal, receipt.Scope));
        Assert.Equal(new PopulationTotals(1, 1, 2, 0), await population.SealAsync(Start.AddDays(1), 1));
        await shared.Three.SleepAsync(shared.Three.Device(name, "ann"));
        var status = await shared.Three.Device(name, "ann").GetStatusAsync();
        Assert.Equal((0, true), (status.Activity, status.IsWithdrawn));
        Assert.False(DatabaseRows.Contains(Assert.Single(DatabaseRows.PayloadsOf(shared.Three.DatabaseFile, $"{name}/ann")), "ann said"));
    }

    [Theory]
    [InlineData("uniform", "current", 0.0)]
    [InlineData("power", "stale", 0.5)]
    [InlineData("power", "bucketed", 0.0)]
    public async Task Withdraw_GeneratedDevice_IsNeverSelectedNorScoredAgain(string strategy, string counts, double floor)
    {
        var name = $"withdrawn-{strategy}-{counts}";
        const ulong Seed = 1104;
        var cluster = shared.One;
        await cluster.RegisterAsync(name, Continual());
        var id = Enumerable.Range(0, TinyStudy.Devices).MaxBy(device => TinyStudy.Generator.ActivityOf(device, 0));
        await cluster.Device(name, $"{id}").WithdrawAsync();
        var heldOut = (await cluster.Population(name).GetTotalsAsync()).HeldOut;
        Assert.Equal(Enumerable.Range(0, TinyStudy.Devices).Where(device => device != id).Sum(device => (long)TinyStudy.PeriodsOf(2).SplitOf(device, 0).HeldOut), heldOut);

        // Everybody who can be selected is, in both periods.
        var task = TinyStudy.Task(name, Seed, rounds: 1);
        var seed = Seed + (ulong)name.Length;
        await cluster.Coordinator(name).StartAsync(task with
        {
            Seed = seed,
            Plan = task.Plan with
            {
                Periods = 2,
                Cohort = TinyStudy.Devices,
                Selection = new SelectionPlanOf(strategy, counts, floor).Plan,
                Evaluation = new Abstractions.Tasks.EvaluationPlan(1, 1000, Prequential: true),
            },
        });
        await cluster.Population(name).SealAsync(default, 1);
        var progress = await cluster.EndAsync(name);

        Assert.Equal((Abstractions.Tasks.TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        Assert.All(progress.Records, record => Assert.Equal(TinyStudy.Devices - 1, record.Outcomes.Trained + record.Outcomes.Declined));
        Assert.NotEmpty(cluster.Gate.BatchesOf(seed));
        Assert.All(cluster.Gate.BatchesOf(seed), batch => Assert.False(batch.Has($"{id}")));
        var fresh = Enumerable.Range(0, TinyStudy.Devices).Where(device => device != id).Sum(device => (long)TinyStudy.PeriodsOf(2).SplitOf(device, 1).ToTrainOn);
        Assert.Equal(fresh, progress.Periods[1].Prequential!.Examples);
        Assert.Equal(0, (await cluster.Device(name, $"{id}").GetStatusAsync()).Activity);
    }

    private static PopulationSpec Continual()
    {
        var spec = TinyStudy.Population();
        return spec with { Generated = spec.Generated! with { Periods = 2 } };
    }

    private static int LabelledBy(int device, string label) => TinyStudy.Generator.ExamplesOf(device, 0).Count(example => example.Label == label);

    private static Arrival Row(string device, int row) => new(device, row, Start.AddHours(row), $"what {device} said {row}", "play", false);

    private sealed record SelectionPlanOf(string Strategy, string Counts, double Floor)
    {
        public Abstractions.Tasks.SelectionPlan Plan => new(Strategy, 1, Floor, 1, 1, 0, 0, Counts: Counts);
    }
}
