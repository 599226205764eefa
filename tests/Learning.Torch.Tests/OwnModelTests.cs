using Examples.OwnModel;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Own;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Tests;

/// <summary>A user's model obeys the laws of a trainer, one device after another and over the device axis.</summary>
public sealed class OwnModelTests
{
    private const int Buckets = 50;
    private const int Classes = 5;
    private static readonly LocalTraining Local = new() { Epochs = 2, BatchSize = 4, LearningRate = 0.3 };

    public static TheoryData<ITextModel> Models() => [new MeanNet(), new FastMeanNet()];

    [Fact]
    public void Train_ModuleEqualToTheBuiltInModel_GivesItsUpdate()
    {
        var builtIn = new EmbeddingBagClassifier(Buckets, 32, 64, Classes);
        var own = OwnTextModel.Of(new MeanNet(), Buckets, Classes);
        var checkpoint = TestDevices.Checkpoint(builtIn);
        var devices = TestDevices.Many(builtIn, 12);

        var expected = TrainingRun.Of(builtIn, TrainingRun.Order(checkpoint, Local), devices);
        var actual = TrainingRun.Of(own, TrainingRun.Order(ToOwn(builtIn, checkpoint), Local), devices);

        AssertClose(ToOwn(builtIn, [.. expected.Total().Select(value => (float)value)]), actual.Total());
        Assert.All(expected.Outcomes.Zip(actual.Outcomes), pair =>
        {
            Assert.Equal((pair.First.Verdict, pair.First.Weight, pair.First.Steps), (pair.Second.Verdict, pair.Second.Weight, pair.Second.Steps));
            Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-4);
            // Of a user's loss only the batch's mean is known, whose square is at most the mean of the squares.
            Assert.InRange(pair.Second.SquaredLoss, (pair.First.Loss * pair.First.Loss) - 1e-3, pair.First.SquaredLoss + 1e-3);
            Assert.Equal(pair.First.Norm, pair.Second.Norm, 1e-4);
        });
    }

    [Fact]
    public void Train_OverTheDeviceAxis_GivesTheUpdateOfThePlainModule()
    {
        var (plain, fast) = (OwnTextModel.Of(new MeanNet(), Buckets, Classes), OwnTextModel.Of(new FastMeanNet(), Buckets, Classes));
        var devices = TestDevices.Many(plain, 40);
        var order = TrainingRun.Order(plain.Initialize(3), Local);

        var (expected, actual) = (TrainingRun.Of(plain, order, devices), TrainingRun.Of(fast, order, devices));

        Assert.Equal(32, fast.DevicesMax);
        AssertClose([.. expected.Total().Select(value => (float)value)], actual.Total());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Train_AnyNeighbours_LeaveADevicesBitsAlone(ITextModel user)
    {
        var model = OwnTextModel.Of(user, Buckets, Classes);
        var devices = TestDevices.Many(model, 40);
        var order = TrainingRun.Order(model.Initialize(3), Local);
        using var trainer = TrainingRun.Trainer(model);
        var together = TrainingRun.Of(trainer, model, order, devices);

        var merged = new Learning.Aggregation.FixedPointSum(model.ParameterCount, together.Sum.Scale);
        for (var i = 0; i < devices.Length; i++)
        {
            var alone = TrainingRun.Of(trainer, model, order, devices[i]);
            Assert.Equal(alone.Outcomes[0], together.Outcomes[i]);
            merged.Add(alone.Sum);
        }

        Assert.True(merged.Units.SequenceEqual(together.Sum.Units));
    }

    [Fact]
    public void Evaluate_ModuleEqualToTheBuiltInModel_ScoresAlike()
    {
        var builtIn = new EmbeddingBagClassifier(Buckets, 32, 64, Classes);
        var own = OwnTextModel.Of(new MeanNet(), Buckets, Classes);
        var checkpoint = TestDevices.Checkpoint(builtIn);
        PackedExamples[] devices = [.. TestDevices.Many(builtIn, 6).Select(device => device.Examples), TestDevices.One(builtIn, 9, 600).Examples];
        var (expected, actual) = (new EvaluationOutcome[7], new EvaluationOutcome[7]);
        using var builtInTrainer = TrainingRun.Trainer(builtIn);
        using var ownTrainer = TrainingRun.Trainer(own);

        var (expectedGradients, gradients) = (new float[devices.Sum(device => device.Count) * Classes], new float[devices.Sum(device => device.Count) * Classes]);
        builtInTrainer.Evaluate(checkpoint, devices, expected, gradients: expectedGradients);
        ownTrainer.Evaluate(ToOwn(builtIn, checkpoint), devices, actual, gradients: gradients);

        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal((pair.First.Examples, pair.First.Correct), (pair.Second.Examples, pair.Second.Correct));
            Assert.Equal(pair.First.LossSum, pair.Second.LossSum, 1e-3);
        });
        Assert.All(expectedGradients.Zip(gradients), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Initialize_SameSeed_SameValuesAndOtherSeedOthers()
    {
        var model = OwnTextModel.Of(new MeanNet(), Buckets, Classes);

        Assert.Equal(model.Initialize(1), model.Initialize(1));
        Assert.NotEqual(model.Initialize(1), model.Initialize(2));
        Assert.Equal(
            ["embedding.weight", "hidden.weight", "hidden.bias", "output.weight", "output.bias"], model.Blocks.Select(block => block.Name));
        Assert.Equal(((Buckets + 1) * 32) + (32 * 64) + 64 + (64 * Classes) + Classes, model.ParameterCount);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TrainAndEvaluate_LeaveNoTensorBehindAndNoTraceOfADevice(ITextModel user)
    {
        var model = OwnTextModel.Of(user, Buckets, Classes);
        var order = TrainingRun.Order(model.Initialize(3), Local);
        var devices = TestDevices.Many(model, 40);
        TrainAndEvaluate(model, order, devices);
        var before = TensorCount.Settled();
        model.NewModule(seed: 0).Dispose();
        // TorchSharp's own layers may leave something behind when they are made; a trainer leaves no more than that.
        var ofAModule = TensorCount.Settled() - before;
        TrainAndEvaluate(model, order, devices);

        Assert.InRange(TensorCount.Settled(), 0, before + (2 * ofAModule));
    }

    [Theory]
    [InlineData(typeof(Dropping), "draws random numbers while it trains, which no seed of a study governs. Leave dropout and the like out of it.")]
    [InlineData(typeof(Normalizing), "changes a buffer while it trains, which no update carries and the next device would see. Use a layer without running statistics, such as LayerNorm instead of BatchNorm.")]
    [InlineData(typeof(Empty), "has 0 values for 50 buckets and 5 classes, where 1 to 268435456 are right. Register its layers: call RegisterComponents() at the end of the module's constructor.")]
    [InlineData(typeof(Narrow), "failed on three made-up texts: InvalidOperationException: the logits are Float32 [3, 4] where Float32 [3, 5] is needed. Mend its module, its loss or its Forward.")]
    [InlineData(typeof(Other), "over the device axis has a loss of")]
    public void Of_ModelThatCannotBeTrained_SaysWhy(Type type, string expected)
    {
        var user = (ITextModel)Activator.CreateInstance(type, nonPublic: true)!;

        var error = Assert.Throws<Learning.Extensions.OwnClassException>(() => OwnTextModel.Of(user, Buckets, Classes));

        Assert.StartsWith($"the model '{type.FullName}' {expected}", error.Message, StringComparison.Ordinal);
    }

    private static void AssertClose(float[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Contains(actual, value => Math.Abs(value) > 0.01);
        Assert.True(expected.Zip(actual, (left, right) => Math.Abs(left - right)).Max() < 1e-5 * 12);
    }

    // The built-in model multiplies from the right and has no row of padding.
    private static float[] ToOwn(EmbeddingBagClassifier model, float[] values)
    {
        var blocks = model.Blocks.Select(block => values.AsSpan(block.Offset, block.Count).ToArray()).ToArray();
        return
        [
            .. blocks[0], .. new float[model.EmbeddingSize], .. Transpose(blocks[1], model.HiddenSize), .. blocks[2],
            .. Transpose(blocks[3], model.Classes), .. blocks[4],
        ];
    }

    private static float[] Transpose(float[] values, int columns)
    {
        var rows = values.Length / columns;
        return [.. Enumerable.Range(0, values.Length).Select(i => values[(i % rows * columns) + (i / rows)])];
    }

    // On its own, so that nothing of the trainer is reachable when it returns.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void TrainAndEvaluate(OwnTextModel model, TrainingOrder order, DeviceWork[] devices)
    {
        using var trainer = TrainingRun.Trainer(model);
        TrainingRun.Of(trainer, model, order, devices);
        trainer.Evaluate(order.Parameters, [devices[0].Examples, devices[1].Examples], new EvaluationOutcome[2]);
        var after = TensorCount.Settled();
        for (var i = 0; i < 5; i++)
        {
            TrainingRun.Of(trainer, model, order, devices);
            trainer.Evaluate(order.Parameters, [devices[0].Examples, devices[1].Examples], new EvaluationOutcome[2]);
        }

        // What layers left to the collector when they were made may go meanwhile; nothing may come.
        Assert.InRange(Tensor.TotalCount, 0, after);
        Assert.All(TensorsOf(trainer), tensor => Assert.Equal(0, NonZerosOf(tensor)));
    }

    private static long NonZerosOf(Tensor tensor)
    {
        using var count = tensor.count_nonzero();
        return count.item<long>();
    }

    private static List<Tensor> TensorsOf(ILocalTrainer trainer)
    {
        var (found, seen) = (new List<Tensor>(), new HashSet<object>());
        Visit(trainer);
        Assert.True(found.Count >= 8);
        return found;

        void Visit(object? held)
        {
            if (held is Tensor { IsInvalid: false } tensor)
            {
                found.Add(tensor);
            }
            else if (held is Tensor[] tensors)
            {
                found.AddRange(tensors);
            }
            else if (held?.GetType() is { IsPrimitive: false } type && type.Namespace?.StartsWith("Sheaf.Learning.Torch", StringComparison.Ordinal) == true && seen.Add(held))
            {
                for (var at = type; at is not null; at = at.BaseType)
                {
                    foreach (var field in at.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.DeclaredOnly))
                    {
                        Visit(field.GetValue(held));
                    }
                }
            }
        }
    }

    private abstract class Variant(Func<int, nn.Module<Tensor, Tensor>> body) : ITextModel
    {
        public nn.Module<Tensor, Tensor, Tensor> Create(int buckets, int classes) => new Net(buckets, body(classes));

        private sealed class Net : nn.Module<Tensor, Tensor, Tensor>
        {
            private readonly nn.Module<Tensor, Tensor> body;
            private readonly long buckets;

            public Net(int buckets, nn.Module<Tensor, Tensor> body)
                : base("net")
            {
                (this.body, this.buckets) = (body, buckets);
                RegisterComponents();
            }

            public override Tensor forward(Tensor tokens, Tensor lengths) => body.call(nn.functional.one_hot(tokens, buckets + 1).sum([1L]).to_type(ScalarType.Float32));
        }
    }

    private sealed class Dropping() : Variant(classes => nn.Sequential(nn.Linear(Buckets + 1, classes), nn.Dropout(0.5)));

    private sealed class Normalizing() : Variant(classes => nn.Sequential(nn.Linear(Buckets + 1, classes), nn.BatchNorm1d(classes)));

    private sealed class Empty() : Variant(_ => nn.ReLU());

    private sealed class Narrow() : Variant(classes => nn.Linear(Buckets + 1, classes - 1));

    private sealed class Other : IDeviceAxisTextModel
    {
        public nn.Module<Tensor, Tensor, Tensor> Create(int buckets, int classes) => new MeanNet().Create(buckets, classes);

        public Tensor Forward(IReadOnlyList<Tensor> parameters, Tensor tokens, Tensor lengths) =>
            new FastMeanNet().Forward([.. parameters.Take(4), parameters[4].neg()], tokens, lengths);
    }
}
