using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Models;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests.Fixtures;

/// <summary>One call of a trainer and what came of it.</summary>
internal sealed record TrainingRun(FixedPointSum Sum, TrainingOutcome[] Outcomes)
{
    private static readonly TorchTrainerFactory Factory = new();

    public static UpdateBounds WideBounds { get; } = new() { ClipNorm = 1e4, RejectNorm = 1e6 };

    /// <summary>Every optimizer, with a proximal term and without, and every model.</summary>
    public static TheoryData<string, bool> Optimizers
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in OptimizerNames)
            {
                data.Add(name, true);
                data.Add(name, false);
            }

            return data;
        }
    }

    public static IReadOnlyCollection<string> OptimizerNames => Named.Keys;

    private static Dictionary<string, LocalTraining> Named { get; } = WithProximal(new()
    {
        ["sgd"] = new() { LearningRate = 0.3 },
        ["momentum"] = new() { LearningRate = 0.1, Momentum = 0.9 },
        ["adam"] = new() { LearningRate = 0.02, Optimizer = LocalOptimizer.Adam, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-3 },
        ["adamw"] = new() { LearningRate = 0.02, Optimizer = LocalOptimizer.AdamW, Epsilon = 1e-3, WeightDecay = 1.5 },
    });

    public static LocalTraining Local(string name) => Named[name];

    public static ILocalTrainer Trainer(ModelArchitecture model) => Factory.Create(model);

    public static TrainingOrder Order(
        float[] checkpoint, LocalTraining local, UpdateBounds? bounds = null, AggregationWeighting weighting = AggregationWeighting.Equal) =>
        new(Seed: 7, Round: 3, checkpoint, local, bounds ?? WideBounds, weighting);

    public static TrainingRun Of(ModelArchitecture model, TrainingOrder order, params ReadOnlySpan<DeviceWork> devices)
    {
        using var trainer = Trainer(model);
        return Of(trainer, model, order, devices);
    }

    public static TrainingRun Of(ILocalTrainer trainer, ModelArchitecture model, TrainingOrder order, params ReadOnlySpan<DeviceWork> devices)
    {
        var sum = new FixedPointSum(model.ParameterCount, FixedPointScale.FromBounds(order.Bounds.ClipNorm, 64, 64));
        var outcomes = new TrainingOutcome[devices.Length];
        trainer.Train(order, devices, sum, outcomes);
        return new TrainingRun(sum, outcomes);
    }

    private static Dictionary<string, LocalTraining> WithProximal(Dictionary<string, LocalTraining> named) => new(named.SelectMany(pair => new[]
    {
        pair,
        new($"{pair.Key}, proximal", pair.Value with { Proximal = 0.7 }),
    }));

    /// <summary>Σ weight · update in real units.</summary>
    public double[] Total()
    {
        var total = new double[Sum.Units.Length];
        for (var i = 0; i < total.Length; i++)
        {
            total[i] = Sum.Units[i] / Sum.Scale.UnitsPerOne;
        }

        return total;
    }
}
