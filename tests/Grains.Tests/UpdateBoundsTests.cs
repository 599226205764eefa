using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>Updates that must not be folded.</summary>
[Collection(Clusters.Name)]
public sealed class UpdateBoundsTests(SharedClusters shared)
{
    private SheafCluster Cluster => shared.One;

    [Theory]
    [InlineData("not-finite", 401ul, 1e38)]
    [InlineData("out-of-bounds", 402ul, 1e6)]
    public async Task Round_EveryUpdateDiverges_IsAbandonedAndTheTaskGoesOn(string name, ulong seed, double learningRate)
    {
        var records = await Cluster.RunAsync(name, TinyStudy.Task(name, seed, learningRate: learningRate));

        Assert.Equal(TinyStudy.Rounds, records.Length);
        Assert.All(records, record =>
        {
            Assert.StartsWith("no device of the cohort gave an update (", record.Abandoned, StringComparison.Ordinal);
            Assert.Equal(0, record.Outcomes.Trained);
            Assert.Equal(TinyStudy.Cohort, record.Outcomes.NotFinite + record.Outcomes.OutOfBounds);
            Assert.True(name == "not-finite" ? record.Outcomes.NotFinite > 0 : record.Outcomes.OutOfBounds > 0, $"{record.Outcomes}");
            Assert.Null(record.TrainLoss);
            Assert.Equal(new BareLoop(seed).Hash, record.Checkpoint);
        });
    }

    [Fact]
    public async Task Round_SomeUpdatesBeyondTheRejectNorm_FoldsTheOthers()
    {
        // The norms of the first round's updates, one device at a time, without a bound; then a bound between them.
        const ulong Seed = 403;
        await Cluster.RunAsync("unbounded", TinyStudy.Task("unbounded", Seed, rounds: 1));
        var cohort = (await Cluster.CohortAsync("unbounded", 1)).Devices;
        var norms = cohort.Select(device => (Device: device, Norm: new BareLoop(Seed).NormOf(1, device))).OrderBy(pair => pair.Norm).ToArray();
        var bound = (norms[3].Norm + norms[4].Norm) / 2;
        var spec = TinyStudy.Task("bounded", Seed, rounds: 1);
        var record = Assert.Single(await Cluster.RunAsync(
            "bounded", spec with { Plan = spec.Plan with { Bounds = new BoundsPlan(TinyStudy.ClipNorm, bound) } }));

        Assert.Null(record.Abandoned);
        Assert.Equal((4, TinyStudy.Cohort - 4, 0), (record.Outcomes.Trained, record.Outcomes.OutOfBounds, record.Outcomes.NotFinite));
        Assert.True(record.Repeatable);
        Assert.Equal(new BareLoop(Seed).Round(1, norms[..4].Select(pair => pair.Device)), record.Checkpoint);
    }
}
