using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests;

public sealed class GradientTests
{
    private static readonly LocalTraining OneEpoch = new() { LearningRate = 0.5 };
    private static readonly LocalTraining TwoEpochs = new() { Epochs = 2, BatchSize = 4, LearningRate = 0.5 };
    private static readonly LocalTraining FiveSteps = new() { Steps = 5, BatchSize = 3, LearningRate = 0.5, ExamplesMax = 8 };

    public static TheoryData<bool, int> Cases()
    {
        var cases = new TheoryData<bool, int>();
        foreach (var devices in new[] { 1, 2, 3, 7, 32, 40 })
        {
            cases.Add(true, devices);
            cases.Add(false, devices);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Train_OneEpoch_MatchesAutograd(bool hasHiddenLayer, int devices) => AssertMatches(hasHiddenLayer, devices, OneEpoch);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Train_TwoEpochs_MatchesAutograd(bool hasHiddenLayer, int devices) => AssertMatches(hasHiddenLayer, devices, TwoEpochs);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Train_FixedStepsOnASubset_MatchesAutograd(bool hasHiddenLayer, int devices) => AssertMatches(hasHiddenLayer, devices, FiveSteps);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Train_EveryCountOfExamples_MatchesAutograd(bool hasHiddenLayer)
    {
        var model = TestDevices.SmallModel(hasHiddenLayer);
        var devices = Enumerable.Range(1, 45).Select(count => TestDevices.One(model, (ulong)count, count)).ToArray();

        AssertMatches(model, devices, TwoEpochs);
    }

    [Theory]
    [MemberData(nameof(TrainingRun.Optimizers), MemberType = typeof(TrainingRun))]
    public void Train_AnyOptimizer_MatchesTorchsOwn(string name, bool hasHiddenLayer)
    {
        var local = TrainingRun.Local(name) with { Epochs = 3, BatchSize = 4 };
        var model = TestDevices.SmallModel(hasHiddenLayer);
        var devices = TestDevices.Many(model, 12);

        var updates = AssertMatches(model, devices, local);

        // What was compared is not what plain gradient descent does.
        var plain = AssertMatches(model, devices, TwoEpochs with { Epochs = 3, LearningRate = local.LearningRate });
        var difference = plain.Zip(updates).Max(pair => pair.First.Zip(pair.Second).Max(values => Math.Abs(values.First - values.Second)));
        Assert.Equal(local.IsPlain, difference < 1e-3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void Train_LogBilinear_MatchesAutograd(int devices) => Assert.All(
        new[] { OneEpoch, TwoEpochs, FiveSteps },
        local => AssertMatches(TestDevices.LanguageModel, TestDevices.Many(TestDevices.LanguageModel, devices), local));

    [Fact]
    public void Train_DeviceWithoutAnyToken_TrainsOnlyItsBiases()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: false);
        var device = TestDevices.One(model, 1, 13, tokensPerExample: 0);

        var run = TrainingRun.Of(model, TrainingRun.Order(TestDevices.Checkpoint(model), OneEpoch), device);

        Assert.Equal(-1, run.Sum.Units[..model.Blocks[0].Count].IndexOfAnyExcept(0L));
        Assert.NotEqual(-1, run.Sum.Units[model.Blocks[0].Count..].IndexOfAnyExcept(0L));
    }

    [Fact]
    public void Train_ExamplesWeighting_WeighsByExamplesUsed()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var device = TestDevices.One(model, 1, 13);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), FiveSteps, weighting: AggregationWeighting.Examples);

        var run = TrainingRun.Of(model, order, device);

        var update = AutogradLoop.TrainAll(model, order, [device])[0].Update;
        Assert.Equal((8.0, 8, 5), (run.Sum.Weight, run.Outcomes[0].Examples, run.Outcomes[0].Steps));
        Assert.All(run.Total().Zip(update), pair => Assert.Equal(8 * pair.Second, pair.First, 1e-4));
    }

    [Fact]
    public void Train_InverseProbabilityWeighting_WeighsByExamplesUsedOverInclusion()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var device = TestDevices.One(model, 1, 13) with { InverseInclusion = 0.25 };
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), FiveSteps, weighting: AggregationWeighting.InverseProbability);

        var run = TrainingRun.Of(model, order, device);

        // 8 examples, four times as likely to be selected as an average device.
        var update = AutogradLoop.TrainAll(model, order, [device])[0].Update;
        Assert.Equal((2.0, 2.0), (run.Sum.Weight, run.Outcomes[0].Weight));
        Assert.All(run.Total().Zip(update), pair => Assert.Equal(2 * pair.Second, pair.First, 1e-4));
    }

    private static void AssertMatches(bool hasHiddenLayer, int devices, LocalTraining local) => AssertMatches(
        TestDevices.SmallModel(hasHiddenLayer), TestDevices.Many(TestDevices.SmallModel(hasHiddenLayer), devices), local);

    private static float[][] AssertMatches(ModelArchitecture model, DeviceWork[] devices, LocalTraining local)
    {
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), local);

        var run = TrainingRun.Of(model, order, devices);

        var judged = AutogradLoop.TrainAll(model, order, devices);
        var expected = new double[model.ParameterCount];
        for (var device = 0; device < devices.Length; device++)
        {
            var (update, loss, squaredLoss) = judged[device];
            var norm = Math.Sqrt(update.Sum(value => (double)value * value));
            Assert.Equal(norm, run.Outcomes[device].Norm, 1e-5);
            Assert.Equal(loss, run.Outcomes[device].Loss, 1e-5);
            Assert.Equal(squaredLoss, run.Outcomes[device].SquaredLoss, 1e-4);
            for (var i = 0; i < expected.Length; i++)
            {
                expected[i] += update[i];
            }
        }

        Assert.All(run.Total().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        return [.. judged.Select(device => device.Update)];
    }
}
