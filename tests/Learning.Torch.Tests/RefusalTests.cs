using System.Runtime.InteropServices;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;
using TorchSharp;

namespace Sheaf.Learning.Torch.Tests;

public sealed class RefusalTests
{
    private static readonly ModelArchitecture Model = TestDevices.SmallModel(hasHiddenLayer: true);
    private static readonly TrainingOrder Order = TrainingRun.Order(TestDevices.Checkpoint(Model), new LocalTraining());

    [Theory]
    [InlineData(-1)]
    [InlineData(50)]
    public void Train_TokenOutsideTheBuckets_NamesIt(int token)
    {
        var device = new DeviceWork(1, new PackedExamples([0], [0, 1], [token]));

        var error = Assert.Throws<ArgumentException>(() => TrainingRun.Of(Model, Order, device));

        Assert.StartsWith($"Token {token} is outside the model's 50 buckets: hash the texts with the model's bucket count.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void TrainAndEvaluate_LabelThatIsNoClass_NamesIt(int label)
    {
        var examples = new PackedExamples([label], [0, 1], [3]);
        using var trainer = TrainingRun.Trainer(Model);

        var training = Assert.Throws<ArgumentException>(() => TrainingRun.Of(trainer, Model, Order, new DeviceWork(1, examples)));
        var evaluation = Assert.Throws<ArgumentException>(() => trainer.Evaluate(Order.Parameters, [examples], new EvaluationOutcome[1]));

        Assert.StartsWith($"Label {label} is not one of the model's 5 classes", training.Message, StringComparison.Ordinal);
        Assert.Equal(training.Message, evaluation.Message);
    }

    [Fact]
    public void Train_WrongLengths_AreRefused()
    {
        using var trainer = TrainingRun.Trainer(Model);
        var sum = new FixedPointSum(Model.ParameterCount, default);
        var device = TestDevices.One(Model, 1, 3);

        Assert.Throws<ArgumentException>("order", () => trainer.Train(Order with { Parameters = new float[3] }, [device], sum, new TrainingOutcome[1]));
        Assert.Throws<ArgumentException>("sum", () => trainer.Train(Order, [device], new FixedPointSum(3, default), new TrainingOutcome[1]));
        Assert.Throws<ArgumentException>("outcomes", () => trainer.Train(Order, [device], sum, []));
        Assert.Throws<ArgumentException>("parameters", () => trainer.Evaluate(new float[3], [device.Examples], new EvaluationOutcome[1]));
        Assert.Throws<ArgumentException>("outcomes", () => trainer.Evaluate(Order.Parameters, [device.Examples], []));
    }

    [Fact]
    public void Train_AfterDispose_IsRefused()
    {
        var trainer = TrainingRun.Trainer(Model);
        trainer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => TrainingRun.Of(trainer, Model, Order, TestDevices.One(Model, 1, 3)));
        Assert.Throws<ObjectDisposedException>(() => trainer.Evaluate(Order.Parameters, [], []));
    }

    [Fact]
    public void Create_ModelWithoutAHead_NamesItAndTheRemedy()
    {
        var error = Assert.Throws<NotSupportedException>(() => TrainingRun.Trainer(new Unknown()));

        Assert.StartsWith("The Torch trainer has no head for Unknown: use EmbeddingBagClassifier, SoftmaxRegression or LogBilinearModel, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TorchComputationException_OfARealFailure_KeepsTheFirstLine()
    {
        using var scope = torch.NewDisposeScope();
        var native = Assert.Throws<ExternalException>(() => torch.zeros(2, 3).mm(torch.zeros(2, 3)));

        var wrapped = new TorchComputationException("training 3 devices", native);

        Assert.Contains('\n', native.Message);
        Assert.DoesNotContain('\n', wrapped.Message);
        Assert.StartsWith("Torch failed while training 3 devices: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3).", wrapped.Message, StringComparison.Ordinal);
        Assert.Equal(("training 3 devices", native), (wrapped.Computation, wrapped.InnerException));
    }

    private sealed record Unknown() : ModelArchitecture(2)
    {
        public override System.Collections.Immutable.ImmutableArray<ParameterBlock> Blocks { get; } =
            LayOut(new ParameterBlock("table", 0, 4, 2, IsSparse: true, 0));

        public override int Buckets => 4;
    }
}
