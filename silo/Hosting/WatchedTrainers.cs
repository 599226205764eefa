using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Training;

namespace Sheaf.Silo.Hosting;

/// <summary>Makes the trainers of an accelerator, and has its health looked at whenever one fails.</summary>
/// <param name="accelerator">The accelerator.</param>
/// <param name="trainers">What trains on it.</param>
/// <param name="health">Whether it still computes.</param>
internal sealed class WatchedTrainers(string accelerator, ILocalTrainerFactory trainers, AcceleratorHealth health) : ILocalTrainerFactory
{
    /// <inheritdoc/>
    public int PreferredBatch => trainers.PreferredBatch;

    /// <inheritdoc/>
    public ILocalTrainer Create(ModelArchitecture architecture)
    {
        try
        {
            return new Trainer(this, trainers.Create(architecture));
        }
        catch (TorchComputationException failure)
        {
            health.Check(accelerator, failure);
            throw;
        }
    }

    private sealed class Trainer(WatchedTrainers watched, ILocalTrainer trainer) : ILocalTrainer
    {
        public void Train(TrainingOrder order, ReadOnlySpan<DeviceWork> devices, FixedPointSum sum, Span<TrainingOutcome> outcomes)
        {
            try
            {
                trainer.Train(order, devices, sum, outcomes);
            }
            catch (TorchComputationException failure)
            {
                watched.Check(failure);
                throw;
            }
        }

        public void Evaluate(
            ReadOnlyMemory<float> parameters, ReadOnlySpan<PackedExamples> devices, Span<EvaluationOutcome> outcomes, Span<bool> correct, Span<float> gradients)
        {
            try
            {
                trainer.Evaluate(parameters, devices, outcomes, correct, gradients);
            }
            catch (TorchComputationException failure)
            {
                watched.Check(failure);
                throw;
            }
        }

        public void Dispose() => trainer.Dispose();
    }

    private void Check(TorchComputationException failure) => health.Check(accelerator, failure);
}
