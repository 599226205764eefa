namespace Sheaf.Learning.Training;

/// <summary>Everything the devices of a round have in common.</summary>
/// <param name="Seed">The seed of the task.</param>
/// <param name="Round">The round, starting at 1.</param>
/// <param name="Parameters">The checkpoint, flat, not to be changed.</param>
/// <param name="Local">How each device trains.</param>
/// <param name="Bounds">What its update must satisfy.</param>
/// <param name="Weighting">What its update weighs.</param>
public sealed record TrainingOrder(
    ulong Seed, int Round, ReadOnlyMemory<float> Parameters, LocalTraining Local, UpdateBounds Bounds, AggregationWeighting Weighting);
