using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests;

public sealed class EvaluationTests
{
    public static TheoryData<ModelArchitecture> Models =>
        [TestDevices.SmallModel(hasHiddenLayer: true), TestDevices.SmallModel(hasHiddenLayer: false), TestDevices.LanguageModel];

    [Theory]
    [MemberData(nameof(Models))]
    public void Evaluate_ManyDevices_MatchesPlainDoubles(ModelArchitecture model)
    {
        var checkpoint = TestDevices.Checkpoint(model);
        var devices = TestDevices.Many(model, 200).Select(device => device.Examples).ToArray();

        var outcomes = Evaluate(model, checkpoint, devices);

        Assert.True(devices.Sum(device => device.Count) > 512);
        for (var device = 0; device < devices.Length; device++)
        {
            var scores = Enumerable.Range(0, devices[device].Count).Select(i => Score(model, checkpoint, devices[device], i)).ToArray();
            Assert.Equal((devices[device].Count, scores.Count(score => score.IsCorrect)), (outcomes[device].Examples, outcomes[device].Correct));
            Assert.Equal(scores.Sum(score => score.Loss), outcomes[device].LossSum, 1e-4);
        }
    }

    [Theory]
    [InlineData(6, 7, 5)]
    [InlineData(33, 65, 17)]
    [InlineData(64, 128, 60)]
    public void Evaluate_AnyNeighbours_GivesEachDeviceTheBitsItHasAlone(int embedding, int hidden, int classes)
    {
        var model = new EmbeddingBagClassifier(100, embedding, hidden, classes);
        var checkpoint = TestDevices.Checkpoint(model);
        var devices = TestDevices.Many(model, 300).Select(device => device.Examples).ToArray();

        var together = Evaluate(model, checkpoint, devices);

        Assert.Equal(devices.Select(device => Evaluate(model, checkpoint, device)[0]), together);
    }

    [Fact]
    public void Evaluate_AllLogitsEqual_PutsTheLowestClassOnTop()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: false);
        var examples = new PackedExamples([0, 1, 0, 4], [0, 1, 2, 2, 3], [7, 8, 9]);

        var outcome = Evaluate(model, new float[model.ParameterCount], examples)[0];

        Assert.Equal((4, 2), (outcome.Examples, outcome.Correct));
        Assert.Equal(4 * Math.Log(5), outcome.LossSum, 1e-12);
    }

    [Fact]
    public void Evaluate_DeviceWithoutExamples_CountsNothing()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);

        var outcomes = Evaluate(model, TestDevices.Checkpoint(model), new PackedExamples([], [0], []), TestDevices.One(model, 1, 3).Examples);

        Assert.Equal(new EvaluationOutcome(0, 0, 0), outcomes[0]);
        Assert.Equal(3, outcomes[1].Examples);
    }

    [Fact]
    public void Evaluate_CheckpointWithNaN_CountsNothingAsCorrect()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var checkpoint = TestDevices.Checkpoint(model);
        checkpoint[^model.Classes] = float.NaN;

        var outcome = Evaluate(model, checkpoint, TestDevices.One(model, 1, 40).Examples)[0];

        Assert.Equal((40, 0), (outcome.Examples, outcome.Correct));
        Assert.True(double.IsNaN(outcome.LossSum));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Evaluate_Gradients_AreTheSlopesOfTheLossInTheOutputBias(ModelArchitecture model)
    {
        const float Shift = 0.02f;
        var checkpoint = TestDevices.Checkpoint(model);
        // More examples than are scored at once, on several devices.
        var devices = TestDevices.Many(model, 100).Select(device => device.Examples).ToArray();
        var gradients = new float[devices.Sum(device => device.Count) * model.Classes];
        using var trainer = TrainingRun.Trainer(model);

        trainer.Evaluate(checkpoint, devices, new EvaluationOutcome[devices.Length], gradients: gradients);

        for (var output = 0; output < model.Classes; output++)
        {
            var (up, down) = (checkpoint.ToArray(), checkpoint.ToArray());
            (up[^(model.Classes - output)], down[^(model.Classes - output)]) = (up[^(model.Classes - output)] + Shift, down[^(model.Classes - output)] - Shift);
            var (above, below) = (Evaluate(model, up, devices), Evaluate(model, down, devices));
            for (var (device, from) = (0, 0); device < devices.Length; from += devices[device++].Count)
            {
                var slope = (above[device].LossSum - below[device].LossSum) / (2 * Shift);
                var sum = Enumerable.Range(from, devices[device].Count).Sum(example => (double)gradients[(example * model.Classes) + output]);
                Assert.Equal(slope, sum, 1e-3 * (1 + devices[device].Count));
            }
        }
    }

    private static EvaluationOutcome[] Evaluate(ModelArchitecture model, float[] checkpoint, params PackedExamples[] devices)
    {
        using var trainer = TrainingRun.Trainer(model);
        var outcomes = new EvaluationOutcome[devices.Length];
        trainer.Evaluate(checkpoint, devices, outcomes);
        return outcomes;
    }

    private static (double Loss, bool IsCorrect) Score(ModelArchitecture model, float[] checkpoint, PackedExamples examples, int example)
    {
        var tokens = examples.TokensOf(example).ToArray();
        var values = Enumerable.Range(0, model.Blocks[0].Columns)
            .Select(column => tokens.Select(token => (double)checkpoint[(token * model.Blocks[0].Columns) + column]).DefaultIfEmpty(0).Average()).ToArray();
        if (model is EmbeddingBagClassifier)
        {
            var hidden = Layer(checkpoint, model.Blocks[1], model.Blocks[2], values).Select(value => Math.Max(0, value)).ToArray();
            values = Layer(checkpoint, model.Blocks[3], model.Blocks[4], hidden);
        }
        else if (model is LogBilinearModel)
        {
            values = Layer(checkpoint, model.Blocks[1], model.Blocks[2], values);
        }
        else
        {
            values = [.. values.Select((value, i) => value + checkpoint[model.Blocks[1].Offset + i])];
        }

        var label = examples.Labels[example];
        return (Math.Log(values.Sum(Math.Exp)) - values[label], Array.IndexOf(values, values.Max()) == label);
    }

    private static double[] Layer(float[] checkpoint, ParameterBlock weight, ParameterBlock bias, double[] input) =>
        [.. Enumerable.Range(0, weight.Columns).Select(column => checkpoint[bias.Offset + column]
            + input.Select((value, row) => value * checkpoint[weight.Offset + (row * weight.Columns) + column]).Sum())];
}
