using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Models;

namespace Sheaf.Learning.Training;

/// <summary>Trains and evaluates devices, many in one computation. Owns its scratch memory; one per lane, not thread-safe.</summary>
/// <remarks>
/// Laws: a device's update and outcome do not depend, in a single bit, on which devices are trained with it or how many; the sum
/// therefore does not depend on how a cohort is cut into batches. When a call has returned, the trainer's memory holds no token and no
/// label: an erase has nothing to look for there.
/// </remarks>
public interface ILocalTrainer : IDisposable
{
    /// <summary>Trains every device from the same checkpoint, checks and clips each update, weighs it and folds it into a sum.</summary>
    /// <param name="order">What the devices have in common.</param>
    /// <param name="devices">The devices, in any order.</param>
    /// <param name="sum">The sum that receives the updates that pass.</param>
    /// <param name="outcomes">Receives one outcome per device, in the order of <paramref name="devices"/>.</param>
    void Train(TrainingOrder order, ReadOnlySpan<DeviceWork> devices, FixedPointSum sum, Span<TrainingOutcome> outcomes);

    /// <summary>Scores a checkpoint on every device's examples.</summary>
    /// <param name="parameters">The checkpoint, flat.</param>
    /// <param name="devices">The devices' examples.</param>
    /// <param name="outcomes">Receives one outcome per device, in the order of <paramref name="devices"/>.</param>
    /// <param name="correct">Receives for every example, device after device, whether its own label came out on top; empty when nobody asks.</param>
    /// <param name="gradients">Receives for every example its <see cref="LogitGradient"/>, [examples, classes]; empty when nobody asks.</param>
    void Evaluate(
        ReadOnlyMemory<float> parameters,
        ReadOnlySpan<PackedExamples> devices,
        Span<EvaluationOutcome> outcomes,
        Span<bool> correct = default,
        Span<float> gradients = default);
}

/// <summary>Makes trainers.</summary>
public interface ILocalTrainerFactory
{
    /// <summary>How many devices a trainer of this factory computes best at once.</summary>
    int PreferredBatch { get; }

    /// <summary>Makes a trainer for one lane.</summary>
    /// <param name="architecture">The model.</param>
    /// <returns>A trainer that the caller disposes of.</returns>
    ILocalTrainer Create(ModelArchitecture architecture);
}
