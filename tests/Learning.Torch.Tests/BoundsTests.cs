using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests;

public sealed class BoundsTests
{
    private const int PoisonedToken = 49;

    private static readonly LocalTraining Local = new() { LearningRate = 0.5, Epochs = 2 };

    /// <summary>Neighbours hash into fewer buckets, so none of them meets the poisoned token.</summary>
    private static readonly EmbeddingBagClassifier Model = new(50, 6, 7, 5);
    private static readonly DeviceWork[] Neighbours = TestDevices.Many(new EmbeddingBagClassifier(PoisonedToken, 6, 7, 5), 9);
    private static readonly DeviceWork Poisoned = new(123, new PackedExamples([1, 2], [0, 1, 3], [PoisonedToken, 3, PoisonedToken]));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Train_DeviceThatMeetsANonFiniteRow_IsDroppedAndItsNeighboursKeepTheirBits(float poison) =>
        AssertDroppedAlone(poison, Local);

    [Theory]
    [MemberData(nameof(TrainingRun.Optimizers), MemberType = typeof(TrainingRun))]
    public void Train_DeviceThatDivergesWithAnyOptimizer_IsDroppedAndItsNeighboursKeepTheirBits(string name, bool hasInfinity) =>
        AssertDroppedAlone(hasInfinity ? float.PositiveInfinity : float.NaN, TrainingRun.Local(name) with { Epochs = 2 });

    private static void AssertDroppedAlone(float poison, LocalTraining local)
    {
        var checkpoint = TestDevices.Checkpoint(Model);
        checkpoint[PoisonedToken * Model.EmbeddingSize] = poison;
        var order = TrainingRun.Order(checkpoint, local);

        var with = TrainingRun.Of(Model, order, [.. Neighbours[..4], Poisoned, .. Neighbours[4..]]);

        var without = TrainingRun.Of(Model, order, Neighbours);
        Assert.Equal((UpdateVerdict.NotFinite, 0.0), (with.Outcomes[4].Verdict, with.Outcomes[4].Weight));
        Assert.False(double.IsFinite(with.Outcomes[4].Norm));
        Assert.Equal(without.Outcomes, with.Outcomes.Where((_, i) => i != 4));
        Assert.True(without.Sum.Units.SequenceEqual(with.Sum.Units));
        Assert.Equal((9, 9.0), (with.Sum.Updates, with.Sum.Weight));
    }

    [Fact]
    public void Train_AfterADeviceDiverged_GivesTheBitsOfAFreshTrainer()
    {
        var checkpoint = TestDevices.Checkpoint(Model);
        var poisoned = checkpoint.ToArray();
        poisoned[PoisonedToken * Model.EmbeddingSize] = float.NaN;
        using var trainer = TrainingRun.Trainer(Model);
        TrainingRun.Of(trainer, Model, TrainingRun.Order(poisoned, Local), Poisoned, Poisoned, Poisoned);

        var used = TrainingRun.Of(trainer, Model, TrainingRun.Order(checkpoint, Local), Neighbours);

        var fresh = TrainingRun.Of(Model, TrainingRun.Order(checkpoint, Local), Neighbours);
        Assert.Equal(fresh.Outcomes, used.Outcomes);
        Assert.True(fresh.Sum.Units.SequenceEqual(used.Sum.Units));
    }

    [Fact]
    public void Train_HugeLearningRate_FoldsNothing()
    {
        var order = TrainingRun.Order(TestDevices.Checkpoint(Model), Local with { LearningRate = 1e38, Steps = 4 });

        var run = TrainingRun.Of(Model, order, Neighbours);

        Assert.All(run.Outcomes, outcome => Assert.NotEqual(UpdateVerdict.Folded, outcome.Verdict));
        Assert.Equal((0, 0.0, -1), (run.Sum.Updates, run.Sum.Weight, run.Sum.Units.IndexOfAnyExcept(0L)));
    }

    [Fact]
    public void Train_NormAboveRejectNorm_IsDroppedAndTheOthersAreFolded()
    {
        var checkpoint = TestDevices.Checkpoint(Model);
        var free = TrainingRun.Of(Model, TrainingRun.Order(checkpoint, Local), Neighbours);
        var norms = free.Outcomes.Select(outcome => outcome.Norm).ToArray();
        var median = norms.Order().ElementAt(4);
        var order = TrainingRun.Order(checkpoint, Local, new UpdateBounds { ClipNorm = median / 2, RejectNorm = median });

        var run = TrainingRun.Of(Model, order, Neighbours);

        var accepted = Neighbours.Where((_, i) => norms[i] <= median).ToArray();
        Assert.Equal(
            norms.Select(norm => norm > median ? UpdateVerdict.OutOfBounds : UpdateVerdict.Folded), run.Outcomes.Select(outcome => outcome.Verdict));
        Assert.Equal(norms, run.Outcomes.Select(outcome => outcome.Norm));
        Assert.Equal(5, run.Sum.Updates);
        Assert.True(TrainingRun.Of(Model, order, accepted).Sum.Units.SequenceEqual(run.Sum.Units));
    }

    [Fact]
    public void Train_NormAboveClipNorm_IsScaledToTheClipNorm()
    {
        var checkpoint = TestDevices.Checkpoint(Model);
        var device = TestDevices.One(Model, 5, 20);
        var free = TrainingRun.Of(Model, TrainingRun.Order(checkpoint, Local), device);

        var clipped = TrainingRun.Of(Model, TrainingRun.Order(checkpoint, Local, new UpdateBounds { ClipNorm = 0.01 }), device);

        Assert.True(free.Outcomes[0].Norm > 0.1);
        Assert.Equal(free.Outcomes, clipped.Outcomes);
        Assert.Equal(0.01, Norm(clipped.Total()), 1e-12);
        Assert.All(clipped.Total().Zip(free.Total()), pair => Assert.Equal(pair.Second * 0.01 / free.Outcomes[0].Norm, pair.First, 1e-11));
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));
}
