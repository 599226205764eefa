using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch;

/// <summary>Whether an update is folded, and how: what is common to all models.</summary>
/// <param name="Verdict">Whether it is folded.</param>
/// <param name="Weight">Its weight in the mean; 0 when it is dropped.</param>
/// <param name="Factor">What it is multiplied by: its weight, less what clipping takes.</param>
internal readonly record struct FoldDecision(UpdateVerdict Verdict, double Weight, double Factor)
{
    /// <summary>Judges an update.</summary>
    /// <param name="order">The bounds and the weighting.</param>
    /// <param name="device">The device's work and its plan.</param>
    /// <param name="norm">The update's ℓ² norm.</param>
    /// <returns>The decision.</returns>
    public static FoldDecision Of(TrainingOrder order, TrainingSlot device, double norm)
    {
        if (!double.IsFinite(norm) || norm > order.Bounds.RejectNorm)
        {
            return new FoldDecision(double.IsFinite(norm) ? UpdateVerdict.OutOfBounds : UpdateVerdict.NotFinite, 0, 0);
        }

        var weight = AggregationWeights.WeightOf(order.Weighting, device.Schedule.ExamplesUsed, device.Work.InverseInclusion);
        return new FoldDecision(UpdateVerdict.Folded, weight, weight * Math.Min(1, order.Bounds.ClipNorm / norm));
    }

    /// <summary>What the caller is told.</summary>
    /// <param name="device">The device's work and its plan.</param>
    /// <param name="norm">The update's ℓ² norm.</param>
    /// <param name="losses">Its losses.</param>
    /// <param name="touched">How many parameters the update touches.</param>
    /// <returns>The outcome.</returns>
    public TrainingOutcome OutcomeOf(TrainingSlot device, double norm, LossSums losses, long touched) =>
        new(Verdict, Weight, device.Schedule.ExamplesUsed, device.Schedule.Steps, norm, losses.Sum / device.Schedule.Steps, losses.Squares / device.Schedule.Steps, touched);
}
