using System.Globalization;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Aggregation.Rules;
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
    private readonly int _buckets;
    private readonly EmbeddingBagClassifier _model;

    private readonly FedAdam _optimizer =
        new(TinyStudy.ServerLearningRate, TinyStudy.Beta1, TinyStudy.Beta2, TinyStudy.Epsilon);

    private ServerState _state;

    public BareLoop(ulong seed, int buckets = TinyStudy.Buckets)
    {
        (_seed, _buckets) = (seed, buckets);
        _model = new EmbeddingBagClassifier(buckets, TinyStudy.EmbeddingSize, TinyStudy.HiddenSize, TinyStudy.Labels.Length);
        _state = _optimizer.Initialize(_model.Initialize(seed));
    }

    /// <summary>How many values a model has.</summary>
    public int ParameterCount => _model.ParameterCount;

    /// <summary>The hash of the checkpoint.</summary>
    public string Hash => Checkpoint.HashOf(Checkpoint.Encode(_state.Parameters));

    /// <summary>Trains a round.</summary>
    /// <returns>The hash of the checkpoint that it ends with.</returns>
    public string Round(int round, IEnumerable<string> cohort)
    {
        var sum = NewSum();
        foreach (var device in cohort)
        {
            Assert.Equal(UpdateVerdict.Folded, Train(round, device, sum).Verdict);
        }

        _state = _optimizer.Apply(_state, sum.Mean());
        return Hash;
    }

    /// <summary>Trains a round by a rule over the sums of groups of devices.</summary>
    /// <returns>The hash of the checkpoint that it ends with.</returns>
    public string Round(int round, IEnumerable<string> cohort, SliceRule rule, Func<string, int> groupOf)
    {
        var sums = new SortedDictionary<int, FixedPointSum>();
        foreach (var device in cohort)
        {
            sums.TryAdd(groupOf(device), NewSum());
            Train(round, device, sums[groupOf(device)]);
        }

        var run = new RuleRun(rule, [.. sums.Values.Select(sum => sum.Weight)], _model.ParameterCount, new ProcessorChunkMath());
        float[] means = [.. sums.Values.SelectMany(sum => sum.Mean())];
        if (run.HasSurvey)
        {
            run.Survey(means);
        }

        run.Fold(means);
        _state = _optimizer.Apply(_state, run.Result());
        return Hash;
    }

    /// <summary>The norm of a device's update, before it is clipped.</summary>
    public double NormOf(int round, string device) => Train(round, device, NewSum()).Norm;

    private FixedPointSum NewSum() => new(_model.ParameterCount, FixedPointScale.FromBounds(TinyStudy.ClipNorm, 1, TinyStudy.Cohort));

    private TrainingOutcome Train(int round, string device, FixedPointSum sum)
    {
        using var trainer = new TorchTrainerFactory().Create(_model);
        var bounds = new UpdateBounds { ClipNorm = TinyStudy.ClipNorm, RejectNorm = TinyStudy.RejectNorm };
        var outcome = new TrainingOutcome[1];
        trainer.Train(
            new TrainingOrder(_seed, round, _state.Parameters, Local, bounds, AggregationWeighting.Equal),
            [new DeviceWork(DevicePosition.Of(device), ExamplesOf(device))],
            sum,
            outcome);
        return outcome[0];
    }

    private PackedExamples ExamplesOf(string device) => new ClassificationPacker(new HashingTokenizer(_buckets, bigrams: false), TinyStudy.Labels).Pack(
        TinyStudy.Generator.ExamplesOf(long.Parse(device, CultureInfo.InvariantCulture), 0)
            .Where(example => !example.IsHeldOut)
            .OrderBy(example => example.Time)
            .Select(example => (example.Text, example.Label)));
}
