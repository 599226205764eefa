using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests;

/// <summary>What holds for a device with memory of its own: on CUDA where the machine has it; elsewhere the processor is told that its memory is not the host's.</summary>
public sealed class AcceleratorTests
{
    private static readonly bool HasCuda = !TorchTrainerFactory.Accelerators.IsEmpty;

    // Sums of a few hundred singles in another order; the processor has only one.
    private static readonly double Tolerance = HasCuda ? 1e-5 : 0;

    /// <summary>The accelerator.</summary>
    internal static TorchTrainerFactory Accelerator { get; } =
        new(HasCuda ? ComputeDevice.Open(TorchTrainerFactory.Accelerators[0]) : ComputeDevice.AsIfApart());

    [Theory]
    [MemberData(nameof(TrainingRun.Optimizers), MemberType = typeof(TrainingRun))]
    public void Train_AnyOptimizer_GivesWhatTheProcessorGives(string name, bool hasHiddenLayer) =>
        AssertAlike(TestDevices.SmallModel(hasHiddenLayer), TrainingRun.Local(name) with { Epochs = 3, BatchSize = 4 });

    [Fact]
    public void Train_NextWords_GivesWhatTheProcessorGives() =>
        AssertAlike(TestDevices.LanguageModel, new LocalTraining { Epochs = 2, BatchSize = 4, LearningRate = 0.5 });

    [Fact]
    public void Train_UpdatesThatAreRefused_LeaveNothingInTheSum()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        // Every device diverges to what is no number; of those that step once, some move too far.
        foreach (var (rate, reject) in new[] { (1e30, 1e6), (0.5, 0.05) })
        {
            var order = TrainingRun.Order(
                TestDevices.Checkpoint(model),
                new LocalTraining { Epochs = 2, BatchSize = 4, LearningRate = rate },
                new UpdateBounds { ClipNorm = reject, RejectNorm = reject });
            var devices = TestDevices.Many(model, 60);
            using var trainer = Accelerator.Create(model);

            var processor = TrainingRun.Of(model, order, devices);
            var accelerator = TrainingRun.Of(trainer, model, order, devices);

            Assert.Contains(processor.Outcomes, outcome => outcome.Verdict != UpdateVerdict.Folded);
            Assert.Equal(processor.Outcomes.Select(outcome => outcome.Verdict), accelerator.Outcomes.Select(outcome => outcome.Verdict));
            Assert.Equal((processor.Sum.Updates, processor.Sum.WeightUnits), (accelerator.Sum.Updates, accelerator.Sum.WeightUnits));
            Assert.All(processor.Total().Zip(accelerator.Total()), pair => Assert.Equal(pair.First, pair.Second, 60 * Tolerance));
        }
    }

    [Fact]
    public void Train_UpdatesThatAreClipped_AreClippedAlike()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: false);
        var order = TrainingRun.Order(
            TestDevices.Checkpoint(model), new LocalTraining { BatchSize = 4, LearningRate = 0.5 }, new UpdateBounds { ClipNorm = 0.01, RejectNorm = 1e6 });
        var devices = TestDevices.Many(model, 60);
        using var trainer = Accelerator.Create(model);

        var (processor, accelerator) = (TrainingRun.Of(model, order, devices), TrainingRun.Of(trainer, model, order, devices));

        Assert.Contains(processor.Outcomes, outcome => outcome.Norm > 0.01);
        Assert.All(processor.Total().Zip(accelerator.Total()), pair => Assert.Equal(pair.First, pair.Second, Math.Max(1e-9, 60 * Tolerance)));
    }

    [Fact]
    public void Train_OneTrainerForManyRounds_KeepsNothingOfTheRoundBefore()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), TrainingRun.Local("adam, proximal"));
        var (many, few) = (TestDevices.Many(model, 300), TestDevices.Many(model, 5));
        using var trainer = Accelerator.Create(model);

        TrainingRun.Of(trainer, model, order, many);

        AssertAlike(TrainingRun.Of(model, order, few), TrainingRun.Of(trainer, model, order, few));
    }

    [Fact]
    public void Evaluate_MoreThanOneComputation_GivesWhatTheProcessorGives()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var checkpoint = TestDevices.Checkpoint(model);
        PackedExamples[] devices = [.. TestDevices.Many(model, 2000).Select(device => device.Examples)];
        Assert.True(devices.Sum(device => device.Count) > 2 * 4096);
        var (expected, actual) = (new EvaluationOutcome[devices.Length], new EvaluationOutcome[devices.Length]);

        using var processor = TrainingRun.Trainer(model);
        using var accelerator = Accelerator.Create(model);
        processor.Evaluate(checkpoint, devices, expected);
        accelerator.Evaluate(checkpoint, devices, actual);

        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First.Examples, pair.Second.Examples);
            Assert.Equal(pair.First.LossSum, pair.Second.LossSum, 1e-4);
        });
        Assert.Equal(expected.Sum(outcome => outcome.Correct), actual.Sum(outcome => outcome.Correct));
    }

    [Theory]
    [InlineData("cuda:99")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    [InlineData("tpu")]
    public void Open_NoSuchDevice_SaysWhatThereIs(string name) =>
        Assert.StartsWith($"This libtorch has no '{name}', but ", Assert.Throws<ArgumentException>(() => new TorchTrainerFactory(name)).Message, StringComparison.Ordinal);

    private static void AssertAlike(ModelArchitecture model, LocalTraining local)
    {
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), local);
        var devices = TestDevices.Many(model, 300);
        using var trainer = Accelerator.Create(model);

        AssertAlike(TrainingRun.Of(model, order, devices), TrainingRun.Of(trainer, model, order, devices));
    }

    private static void AssertAlike(TrainingRun processor, TrainingRun accelerator)
    {
        Assert.Contains(processor.Outcomes, outcome => outcome.Norm > 0.01);
        Assert.All(processor.Outcomes.Zip(accelerator.Outcomes), pair =>
        {
            Assert.Equal(pair.First with { Norm = 0, Loss = 0, SquaredLoss = 0 }, pair.Second with { Norm = 0, Loss = 0, SquaredLoss = 0 });
            // Squares are added in another order, whatever the device.
            Assert.Equal(pair.First.Norm, pair.Second.Norm, Math.Max(1e-9, Tolerance * 100));
            Assert.Equal(pair.First.Loss, pair.Second.Loss, Tolerance * 100);
        });
        var devices = processor.Outcomes.Length;
        Assert.All(processor.Total().Zip(accelerator.Total()), pair => Assert.Equal(pair.First / devices, pair.Second / devices, Tolerance));
    }
}
