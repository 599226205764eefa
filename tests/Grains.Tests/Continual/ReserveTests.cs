using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Models;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Optimizers;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Tests.Continual;

/// <summary>Old examples that a device keeps to replay.</summary>
[Collection(Clusters.Name)]
public sealed class ReserveTests(SharedClusters shared)
{
    private const int Reserve = 3;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Settle_PushedDevice_KeepsAsManyOldExamplesAsItMayAndTrainsOnThem()
    {
        var (name, cluster) = ("reserve-pushed", shared.One);
        var held = await PushAsync(cluster, name, "random");

        Assert.Equal(Reserve, held.Count(example => example.Period == 0));
        Assert.Equal(6, held.Count(example => example.Period == 1));
        Assert.Equal(6 + Reserve, (await cluster.Device(name, "ann").GetStatusAsync()).Activity);
        // Whatever is erased is gone from the reserve as well.
        await cluster.Device(name, "ann").EraseAsync(new EraseSpec(Until: Start.AddDays(1)));
        Assert.DoesNotContain(await StoredAsync(cluster, name, "ann"), example => example.Period == 0);
    }

    [Fact]
    public async Task Settle_GradientSum_KeepsTheExamplesWhoseGradientsCancel()
    {
        var (name, cluster) = ("reserve-gradients", shared.One);
        var spec = PeriodTests.Task(name, 1201);
        await cluster.Population(name).RegisterAsync(Pushed("gradient-sum"));
        await cluster.Coordinator(name).StartAsync(spec with { Plan = spec.Plan with { Rounds = 1, Periods = 2 } });
        await IntakeAsync(cluster, name, 0);
        await cluster.Population(name).SealAsync(Start.AddDays(1), 0);
        await SheafCluster.UntilAsync("the first round is over", async () => (await cluster.Coordinator(name).GetProgressAsync(0)).Records.Length == 1);
        var candidates = await StoredAsync(cluster, name, "ann");
        var checkpoint = (await cluster.Fence(name).GetCheckpointAsync())!;
        await IntakeAsync(cluster, name, 1);

        await cluster.Population(name).SealAsync(Start.AddDays(2), 1);

        var kept = (await StoredAsync(cluster, name, "ann")).Where(example => example.Period == 0).Select(example => example.ExampleId);
        Assert.Equal(await ChosenAsync(cluster, name, checkpoint, candidates), kept);
        Assert.Equal(TaskRunStatus.Completed, (await cluster.EndAsync(name)).Status);
    }

    [Fact]
    public async Task Settle_ModelCannotBeAsked_DeletesAllTheSameAndKeepsAtRandom()
    {
        var (name, cluster) = ("reserve-no-model", shared.One);
        await cluster.Population(name).RegisterAsync(Pushed("gradient-sum"));
        await cluster.TasksOf(name).AttachAsync($"{name}-task");
        await IntakeAsync(cluster, name, 0);
        await cluster.Population(name).SealAsync(Start.AddDays(1), 0);
        await IntakeAsync(cluster, name, 1);
        cluster.Faults.FailOnce(nameof(IRoundFence.GetCheckpointAsync), $"{name}-task");

        await cluster.Population(name).SealAsync(Start.AddDays(2), 1);

        Assert.Equal(0, cluster.Faults.Waiting);
        var held = await StoredAsync(cluster, name, "ann");
        Assert.Equal((Reserve, 6), (held.Count(example => example.Period == 0), held.Count(example => example.Period == 1)));
    }

    [Fact]
    public async Task Settle_MoreCandidatesThanAreLookedAt_ChoosesAmongTheNewest()
    {
        var (name, cluster) = ("reserve-many", shared.One);
        await cluster.Population(name).RegisterAsync(Pushed("gradient-sum") with { Retention = new RetentionSpec(null, null, PeriodsMax: 1, Reserve: 2_000, ReserveChoice: "gradient-sum") });
        await cluster.Population(name).IntakeAsync([.. Enumerable.Range(0, 2_005).Select(row => new Arrival("ann", row, Start.AddSeconds(row), "said", "play", false))]);
        await cluster.Population(name).SealAsync(Start.AddDays(1), 0);

        await cluster.Population(name).SealAsync(Start.AddDays(2), 1);

        Assert.Equal(Enumerable.Range(5, 2_000).Select(row => (long)row), (await StoredAsync(cluster, name, "ann")).Select(example => example.ExampleId));
    }

    [Theory]
    [InlineData("random", 1211)]
    [InlineData("gradient-sum", 1212)]
    public async Task Rounds_GeneratedDevicesWithAReserve_HoldWhatTheirShardsSayAndRepeat(string choice, int seed)
    {
        var runs = new List<RoundRecord[]>();
        foreach (var cluster in new[] { shared.One, shared.Three })
        {
            var name = $"reserve-{choice}";
            await cluster.Population(name).RegisterAsync(PeriodTests.Population(new RetentionSpec(null, null, PeriodsMax: 1, Reserve: Reserve, ReserveChoice: choice)));
            await cluster.Coordinator(name).StartAsync(PeriodTests.Task(name, (ulong)seed));
            for (var period = 0; period < 3; period++)
            {
                await cluster.Population(name).SealAsync(default, period);
                var rounds = TinyStudy.Rounds * (period + 1);
                await SheafCluster.UntilAsync("the period is over", async () => (await cluster.Coordinator(name).GetProgressAsync(0)).Records.Length >= rounds);
            }

            runs.Add(TinyStudy.Comparable((await cluster.EndAsync(name)).Records));
            var statuses = await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, TinyStudy.Devices).Select(device => cluster.Device(name, $"{device}").GetStatusAsync()));
            Assert.Equal(statuses.Sum(status => (long)status.Activity), (await cluster.Population(name).GetTotalsAsync()).Examples);
            for (var device = 0; device < TinyStudy.Devices; device++)
            {
                var made = Enumerable.Range(0, 3).Select(period => TinyStudy.PeriodsOf(3).SplitOf(device, period).ToTrainOn).ToArray();
                Assert.Equal(made[2] + Math.Min(Reserve, made[0] + made[1]), statuses[device].Activity);
            }
        }

        Assert.Equal(runs[0], runs[1]);
    }

    private static PopulationSpec Pushed(string choice) =>
        new(4, 0, new RetentionSpec(null, null, PeriodsMax: 1, Reserve: Reserve, ReserveChoice: choice), null);

    private static async Task<IReadOnlyList<StoredExample>> PushAsync(SheafCluster cluster, string name, string choice)
    {
        await cluster.Population(name).RegisterAsync(Pushed(choice));
        for (var period = 0; period < 2; period++)
        {
            await IntakeAsync(cluster, name, period);
            await cluster.Population(name).SealAsync(Start.AddDays(period + 1), period);
        }

        return await StoredAsync(cluster, name, "ann");
    }

    private static async Task IntakeAsync(SheafCluster cluster, string name, int period)
    {
        var rows = 6 + (6 * (1 - period));
        await cluster.Population(name).IntakeAsync([.. Enumerable.Range(0, rows).Select(row => new Arrival(
            "ann", (100 * period) + row, Start.AddDays(period).AddHours(row), $"sentence {row} of day {period}", TinyStudy.Labels[row % 5], false))]);
    }

    private static async Task<IReadOnlyList<StoredExample>> StoredAsync(SheafCluster cluster, string name, string device)
    {
        var row = new GrainState<DeviceState>(new DeviceState());
        await cluster.Storage.ReadStateAsync("device", cluster.Device(name, device).GetGrainId(), row);
        return row.State!.Examples;
    }

    // The rule's own words, with the plain pieces that it is made of.
    private static async Task<IEnumerable<long>> ChosenAsync(SheafCluster cluster, string task, CurrentCheckpoint checkpoint, IReadOnlyList<StoredExample> candidates)
    {
        var silo = cluster.Silos[0].SiloAddress;
        var program = cluster.Service<TaskPrograms>(silo).Of(task, checkpoint.Task);
        var parameters = Checkpoint.Decode(await cluster.Service<CheckpointCache>(silo).ReadAsync(task, checkpoint.Parameters));
        var examples = program.Packer.Pack(candidates.Select(example => (example.Text, example.Label)));
        using var trainer = cluster.Service<ILocalTrainerFactory>(silo).Create(program.Architecture);
        var flat = new float[examples.Count * program.Architecture.Classes];
        trainer.Evaluate(parameters, [examples], new EvaluationOutcome[1], gradients: flat);
        var gradients = flat.Chunk(program.Architecture.Classes).Select(gradient => Array.ConvertAll(gradient, value => (double)value)).ToArray();
        return ReplayReserve.ByGradientSum(gradients, Reserve).Select(index => candidates[index].ExampleId);
    }
}
