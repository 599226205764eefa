using System.Globalization;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Optimizers;
using Sheaf.Learning.Text;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>What the grains should compute on the tiny study, without any grain: one device after another, one sum, one optimizer.</summary>
internal sealed class BareLoop
{
    private static readonly LocalTraining Local = new()
    {
        Epochs = 1,
        BatchSize = TinyStudy.BatchSize,
        LearningRate = TinyStudy.LearningRate,
        ExamplesMax = TinyStudy.ExamplesMax,
    };

    private readonly ulong _seed;
    private readonly EmbeddingBagClassifier _model =
        new(TinyStudy.Buckets, TinyStudy.EmbeddingSize, TinyStudy.HiddenSize, TinyStudy.Labels.Length);

    private readonly FedAdam _optimizer =
        new(TinyStudy.ServerLearningRate, TinyStudy.Beta1, TinyStudy.Beta2, TinyStudy.Epsilon);

    private ServerState _state;

    public BareLoop(ulong seed)
    {
        _seed = seed;
        _state = _optimizer.Initialize(_model.Initialize(seed));
    }

    /// <summary>Trains a round.</summary>
    /// <returns>The hash of the checkpoint that it ends with.</returns>
    public string Round(int round, IEnumerable<string> cohort)
    {
        using var trainer = new TorchTrainerFactory().Create(_model);
        var sum = new FixedPointSum(_model.ParameterCount, FixedPointScale.FromBounds(TinyStudy.ClipNorm, 1, TinyStudy.Cohort));
        var order = new TrainingOrder(
            _seed,
            round,
            _state.Parameters,
            Local,
            new UpdateBounds { ClipNorm = TinyStudy.ClipNorm, RejectNorm = TinyStudy.RejectNorm },
            AggregationWeighting.Equal);
        foreach (var device in cohort)
        {
            var outcome = new TrainingOutcome[1];
            trainer.Train(order, [new DeviceWork(DevicePosition.Of(device), ExamplesOf(device))], sum, outcome);
            Assert.Equal(UpdateVerdict.Folded, outcome[0].Verdict);
        }

        _state = _optimizer.Apply(_state, sum.Mean());
        return Checkpoint.HashOf(Checkpoint.Encode(_state.Parameters));
    }

    private static PackedExamples ExamplesOf(string device) => new ExamplePacker(new HashingTokenizer(TinyStudy.Buckets, bigrams: false)).Pack(
        TinyStudy.Generator.ExamplesOf(long.Parse(device, CultureInfo.InvariantCulture), 0)
            .Where(example => !example.IsHeldOut)
            .OrderBy(example => example.Time)
            .Select(example => (example.Text, TinyStudy.Labels.IndexOf(example.Label))));
}
