using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Models;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests.Fixtures;

/// <summary>One call of a trainer and what came of it.</summary>
internal sealed record TrainingRun(FixedPointSum Sum, TrainingOutcome[] Outcomes)
{
    private static readonly TorchTrainerFactory Factory = new();

    public static UpdateBounds WideBounds { get; } = new() { ClipNorm = 1e4, RejectNorm = 1e6 };

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
