using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests;

/// <summary>The trainer's law: no bit of a device's update or outcome depends on who is trained with it.</summary>
public sealed class NeighbourTests
{
    private static readonly LocalTraining Local = new() { Epochs = 2, LearningRate = 0.3 };

    public static TheoryData<ModelArchitecture> Models() =>
    [
        new EmbeddingBagClassifier(50, 6, 7, 5),
        new EmbeddingBagClassifier(40, 1, 1, 2),
        new EmbeddingBagClassifier(300, 33, 65, 17),
        new EmbeddingBagClassifier(1000, 64, 128, 60),
        new SoftmaxRegression(50, 5),
        new SoftmaxRegression(900, 64),
        new SoftmaxRegression(70, 131),
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void Train_AnyBatch_GivesEachDeviceTheBitsItHasAlone(ModelArchitecture model)
    {
        var devices = TestDevices.Many(model, 40);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), Local);
        using var trainer = TrainingRun.Trainer(model);
        var alone = devices.Select(device => TrainingRun.Of(trainer, model, order, device)).ToArray();

        foreach (var count in new[] { 2, 3, 5, 7, 16, 17, 31, 32, 33, 40 })
        {
            var together = TrainingRun.Of(trainer, model, order, devices.AsSpan(0, count));

            Assert.Equal(alone[..count].Select(run => run.Outcomes[0]), together.Outcomes);
            Assert.True(Merge(model, alone[..count]).SequenceEqual(together.Sum.Units), $"{count} devices");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Train_AnyNeighboursAndOrder_LeaveADevicesBitsAlone(ModelArchitecture model)
    {
        var device = TestDevices.One(model, 1000, 23);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), Local);
        var alone = TrainingRun.Of(model, order, device);

        for (var place = 0; place < 10; place++)
        {
            var neighbours = TestDevices.Many(model, 9, seed: (ulong)place + 2);
            DeviceWork[] all = [.. neighbours[..place], device, .. neighbours[place..]];

            var (with, without) = (TrainingRun.Of(model, order, all), TrainingRun.Of(model, order, neighbours));

            Assert.Equal(alone.Outcomes[0], with.Outcomes[place]);
            without.Sum.Add(alone.Sum);
            Assert.True(without.Sum.Units.SequenceEqual(with.Sum.Units), $"place {place}");
        }
    }

    [Theory]
    [MemberData(nameof(TrainingRun.Optimizers), MemberType = typeof(TrainingRun))]
    public void Train_AnyOptimizerInAnyBatch_GivesEachDeviceTheBitsItHasAlone(string name, bool hasHiddenLayer)
    {
        ModelArchitecture model = hasHiddenLayer ? new EmbeddingBagClassifier(300, 33, 65, 17) : new SoftmaxRegression(70, 131);
        var devices = TestDevices.Many(model, 40);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), TrainingRun.Local(name) with { Epochs = 2 });
        using var trainer = TrainingRun.Trainer(model);
        var alone = devices.Select(device => TrainingRun.Of(trainer, model, order, device)).ToArray();

        foreach (var count in new[] { 2, 3, 7, 17, 32, 40 })
        {
            // What other devices left in the trainer's memory must not count either: it is the same trainer all along.
            var together = TrainingRun.Of(trainer, model, order, devices.AsSpan(40 - count));

            Assert.Equal(alone[^count..].Select(run => run.Outcomes[0]), together.Outcomes);
            Assert.True(Merge(model, alone[^count..]).SequenceEqual(together.Sum.Units), $"{count} devices");
        }
    }

    [Fact]
    public void Train_OneCheckpointBitChanged_IsSeen()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var devices = TestDevices.Many(model, 7);
        var checkpoint = TestDevices.Checkpoint(model);
        var before = TrainingRun.Of(model, TrainingRun.Order(checkpoint, Local), devices);
        checkpoint[^1] = MathF.BitIncrement(checkpoint[^1]);

        var after = TrainingRun.Of(model, TrainingRun.Order(checkpoint, Local), devices);

        Assert.False(before.Sum.Units.SequenceEqual(after.Sum.Units));
    }

    private static ReadOnlySpan<long> Merge(ModelArchitecture model, TrainingRun[] runs)
    {
        var merged = new Learning.Aggregation.FixedPointSum(model.ParameterCount, runs[0].Sum.Scale);
        foreach (var run in runs)
        {
            merged.Add(run.Sum);
        }

        return merged.Units;
    }
}
