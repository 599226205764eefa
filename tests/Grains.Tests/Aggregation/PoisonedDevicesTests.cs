using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Tests.Aggregation;

/// <summary>The devices of one shard send updates as large as they may, all in one direction.</summary>
[Collection(Clusters.Name)]
public sealed class PoisonedDevicesTests(SharedClusters shared)
{
    private const double ClipNorm = 1000;

    [Fact]
    public async Task Mean_OneShardPoisoned_IsWrecked()
    {
        var clean = await LossAsync("clean-mean", 1401, null, isPoisoned: false);

        Assert.InRange(await LossAsync("poisoned-mean", 1402, null, isPoisoned: true), 10 * clean, double.MaxValue);
    }

    [Theory]
    [InlineData("median", "slices", 0, 1410)]
    [InlineData("trimmed-mean", "slices", 0, 1420)]
    [InlineData("multi-krum", "slices", 1, 1430)]
    [InlineData("median", "updates", 0, 1440)]
    [InlineData("multi-krum", "updates", 4, 1450)]
    public async Task Rule_OneShardPoisoned_EndsAsGoodAsWithoutPoison(string rule, string over, int byzantine, ulong seed)
    {
        // Of five to eight inputs, a quarter is one.
        var plan = new AggregationPlan(rule, over, Trim: 0.25, Byzantine: byzantine);

        var clean = await LossAsync($"clean-{rule}-{over}", seed, plan, isPoisoned: false);
        var poisoned = await LossAsync($"poisoned-{rule}-{over}", seed + 1, plan, isPoisoned: true);

        Assert.InRange(poisoned, 0, 1.1 * clean);
    }

    [Fact]
    public async Task NormBoundedMean_OneShardPoisoned_MovesByItsShareOfTheBoundAtMost()
    {
        var plan = new AggregationPlan("norm-bounded-mean", Bound: 0.5);

        Assert.InRange(await LossAsync("poisoned-bounded", 1461, plan, isPoisoned: true), 0, 1.5 * await LossAsync("clean-bounded", 1462, plan, isPoisoned: false));
    }

    private async Task<double> LossAsync(string name, ulong seed, AggregationPlan? aggregation, bool isPoisoned)
    {
        var spec = TinyStudy.Task(name, seed);
        var plan = spec.Plan with
        {
            Aggregation = aggregation,
            Bounds = new BoundsPlan(ClipNorm, ClipNorm),
            Server = spec.Plan.Server with { Optimizer = "fedavg", LearningRate = 1 },
        };
        var poisoning = isPoisoned ? shared.One.Gate.Poison(seed, position => DevicePosition.ShardOf(position, TinyStudy.Shards) == 3, ClipNorm) : null;

        var records = await shared.One.RunAsync(name, spec with { Plan = plan });

        Assert.All(records, record => Assert.Null(record.Abandoned));
        // The claim is about poison only if some was sent, and by fewer than half of the devices.
        Assert.True(poisoning is null || poisoning.Sent is > 0 and < TinyStudy.Cohort * TinyStudy.Rounds / 3, $"{poisoning?.Sent} updates");
        return records[^1].Evaluation!.Loss;
    }
}
