using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Tests.Unlearning;
using Sheaf.Learning.Aggregation.Rules;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Tests.Aggregation;

/// <summary>Rounds whose rule looks at its inputs one by one.</summary>
[Collection(Clusters.Name)]
public sealed class RobustRuleTests(SharedClusters shared)
{
    private static readonly AggregationPlan[] Plans =
    [
        new("median"), new("trimmed-mean", Trim: 0.25), new("norm-bounded-mean", Bound: 0.05), new("multi-krum", Byzantine: 1),
        new("median", "updates"), new("multi-krum", "updates", Byzantine: 3, Selected: 2),
    ];

    public static TheoryData<int> PlanNumbers => [.. Enumerable.Range(0, Plans.Length)];

    [Theory]
    [MemberData(nameof(PlanNumbers))]
    public async Task Run_OnOneSiloAndOnThree_GivesTheCheckpointsOfALoopWithoutGrains(int plan)
    {
        var (name, seed) = ($"robust-{plan}", 1300 + (ulong)plan);
        var spec = SpecOf(name, seed, Plans[plan]);
        var (rule, isOverUpdates) = (RuleOf(Plans[plan]), Plans[plan].Over == "updates");

        var one = await shared.One.RunAsync(name, spec);
        var three = await shared.Three.RunAsync(name, spec);

        Assert.Equal(TinyStudy.Comparable(one), TinyStudy.Comparable(three));
        Assert.All(one, record => Assert.True(record is { Repeatable: true, Abandoned: null, Outcomes.Trained: TinyStudy.Cohort }));
        // The claim is about several silos only if several trained.
        Assert.True(shared.Three.Gate.BatchesOf(seed).Select(batch => batch.Silo).Distinct().Count() > 1);
        var loop = new BareLoop(seed);
        foreach (var record in one)
        {
            var cohort = (await shared.One.CohortAsync(name, record.Round)).Devices;
            Assert.Equal(loop.Round(record.Round, cohort, rule, device => isOverUpdates ? Array.IndexOf(cohort, device) : ShardOf(device)), record.Checkpoint);
        }
    }

    [Theory]
    [InlineData("trimmed-mean", 1361)]
    [InlineData("norm-bounded-mean", 1362)]
    public async Task Run_ModelOfManyChunks_GivesTheCheckpointsOfALoopWithoutGrains(string rule, ulong seed)
    {
        // 20,000 · 16 parameters and some more: the silos' sums travel in parts of 65,536, the last of which ends inside a block.
        const int Buckets = 20_000;
        var (name, plan) = ($"chunks-{rule}", new AggregationPlan(rule, Trim: 0.25, Bound: 0.05));
        var spec = SpecOf(name, seed, plan);

        var records = await shared.Three.RunAsync(name, spec with { Model = spec.Model with { Buckets = Buckets } });

        var loop = new BareLoop(seed, Buckets);
        foreach (var record in records)
        {
            Assert.Equal(loop.Round(record.Round, (await shared.Three.CohortAsync(name, record.Round)).Devices, RuleOf(plan), ShardOf), record.Checkpoint);
        }
    }

    [Fact]
    public async Task Run_OverUpdates_TrainsEveryDeviceInASliceOfItsOwn()
    {
        const ulong Seed = 1311;

        await shared.One.RunAsync("single", SpecOf("single", Seed, new AggregationPlan("median", "updates")));

        Assert.All(shared.One.Gate.BatchesOf(Seed), batch => Assert.Single(batch.Devices));
    }

    [Fact]
    public async Task Silo_GoneInTheMiddleOfARound_TaskEndsWithTheSameRecords()
    {
        const ulong Seed = 1321;
        var undisturbed = await shared.One.RunAsync("robust-gone", SpecOf("robust-gone", Seed, new AggregationPlan("median")));
        await using var cluster = await SheafCluster.StartAsync(3);
        using var gate = cluster.Gate.Close(Seed, round: 2);
        await cluster.StartTaskAsync("robust-gone", SpecOf("robust-gone", Seed, new AggregationPlan("median")));
        var reached = await gate.ReachedAsync();

        var gone = cluster.KillAsync(reached.Silo);
        gate.Open();
        await gone;

        var progress = await cluster.EndAsync("robust-gone");
        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        Assert.Equal(TinyStudy.Comparable(undisturbed), TinyStudy.Comparable(progress.Records));
    }

    [Fact]
    public async Task EraseAll_WhileInputsAreKept_GivesTheCheckpointOfARoundWithoutTheDevice()
    {
        const ulong Seed = 1371;
        var (name, cluster) = ("robust-erase", shared.Three);
        // All silos but one stand still in round 1; the free one keeps its inputs.
        var closings = cluster.Silos.ToDictionary(silo => silo.Name, silo => cluster.Gate.Close(Seed, 1, silo.Name));
        await cluster.StartTaskAsync(name, SpecOf(name, Seed, new AggregationPlan("median")));
        var first = await await Task.WhenAny(closings.Values.Select(gate => gate.ReachedAsync()));
        closings[first.Silo].Open();
        await SheafCluster.UntilAsync(
            "an input is kept", () => Task.FromResult(!cluster.Service<InputSums>(cluster.AddressOf(first.Silo)).IsFree(name)));
        var id = Enumerable.Range(0, TinyStudy.Devices).Select(device => $"{device}").First(first.Has);

        var receipt = await cluster.Device(name, id).EraseAsync(EraseSpec.All);
        Assert.Equal(new EraseFence(name, 1, EraseFenceOutcome.TakenOut), Assert.Single(receipt.InFlight));
        foreach (var gate in closings.Values)
        {
            gate.Dispose();
        }

        var record = (await cluster.EndAsync(name)).Records[0];
        var cohort = (await cluster.CohortAsync(name, 1)).Devices;
        Assert.Equal((1, TinyStudy.Cohort - 1), (record.Outcomes.Erased, record.Outcomes.Trained));
        Assert.Equal(new BareLoop(Seed).Round(1, cohort.Where(device => device != id), new MedianRule(), ShardOf), record.Checkpoint);
    }

    [Fact]
    public async Task Round_WithFewerInputsThanTheRuleNeeds_IsAbandonedAndSaysSo()
    {
        // 2 · 4 + 3 = 11 inputs, which twelve devices may give and eight shards cannot.
        var records = await shared.One.RunAsync("too-few", SpecOf("too-few", 1331, new AggregationPlan("multi-krum", Byzantine: 4)));

        Assert.All(records, record =>
        {
            Assert.Matches("^the updates make [4-8] inputs of the rule of aggregation, and it needs 11$", record.Abandoned);
            Assert.Equal(new BareLoop(1331).Hash, record.Checkpoint);
        });
    }

    [Theory]
    [InlineData("median", "slices", 1)]
    [InlineData("multi-krum", "updates", 2)]
    public async Task Unlearn_ErasedDevice_GivesTheModelOfARunInWhichItNeverAnswered(string rule, string over, int seed)
    {
        var (name, cluster) = ($"unlearn-{rule}", shared.Three);
        var plain = Unlearnings.Spec(name, 1340 + (ulong)seed, "equal", kept: 4);
        var spec = plain with { Plan = plain.Plan with { Aggregation = new AggregationPlan(rule, over) } };
        await cluster.RunAsync(name, spec);
        var device = await Unlearnings.DeviceFirstUsedAsync(cluster, name, after: 3);
        var never = await Unlearnings.NeverAnsweredAsync(cluster, spec, $"{name}-never", device.Id);
        await cluster.Device(name, device.Id).EraseAsync(EraseSpec.All);

        await cluster.Coordinator(name).UnlearnAsync([device.Id], UnlearningMode.Replay);

        Assert.Equal(never, Unlearnings.Checkpoints(await Unlearnings.UnlearntAsync(cluster, name)));
    }

    [Fact]
    public async Task Run_Over_LeavesNoSumBehind()
    {
        const ulong Seed = 1351;
        await shared.Three.RunAsync("robust-free", SpecOf("robust-free", Seed, new AggregationPlan("median")));

        Assert.All(shared.Three.Silos, silo => Assert.True(shared.Three.Service<InputSums>(silo.SiloAddress).IsFree("robust-free")));
    }

    internal static TaskSpec SpecOf(string name, ulong seed, AggregationPlan? aggregation)
    {
        var spec = TinyStudy.Task(name, seed);
        return spec with { Plan = spec.Plan with { Aggregation = aggregation } };
    }

    internal static int ShardOf(string device) => DevicePosition.ShardOf(DevicePosition.Of(device), TinyStudy.Shards);

    private static SliceRule RuleOf(AggregationPlan plan) => plan.Rule switch
    {
        "median" => new MedianRule(),
        "trimmed-mean" => new TrimmedMeanRule(plan.Trim),
        "norm-bounded-mean" => new NormBoundedMeanRule(plan.Bound),
        _ => new MultiKrumRule(plan.Byzantine, plan.Selected),
    };
}
