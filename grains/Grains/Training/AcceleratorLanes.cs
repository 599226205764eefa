namespace Sheaf.Grains.Training;

/// <summary>The lanes of a silo's accelerators beside those of its processor. Thread-safe.</summary>
/// <param name="trainers">What trains on the accelerators.</param>
/// <param name="processor">The lanes of the processor.</param>
internal sealed class AcceleratorLanes(AcceleratorTrainers trainers, TrainingLanes processor) : IDisposable
{
    private readonly TrainingLanes? _accelerators = trainers.Factories.Count > 0 ? new TrainingLanes(trainers.Factories, "accelerator") : null;

    /// <summary>The lanes on which a task's devices train.</summary>
    /// <param name="program">The task.</param>
    /// <returns>The accelerators' if it wants them and there are any that compute, else the processor's; and which of the two they are.</returns>
    public (TrainingLanes Lanes, bool AreAccelerated) Of(TaskProgram program) =>
        program.WantsAccelerator && _accelerators is { } accelerators && trainers.AreUsable?.Invoke() != false ? (accelerators, true) : (processor, false);

    /// <summary>Ends the accelerators' lanes.</summary>
    public void Dispose() => _accelerators?.Dispose();
}
