using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <summary>What trains on a silo's accelerators.</summary>
/// <param name="Factories">For each lane on an accelerator, what makes its trainers; empty on a silo that has none.</param>
/// <param name="AreUsable">Whether the accelerators still compute; null when they always do.</param>
public sealed record AcceleratorTrainers(IReadOnlyList<ILocalTrainerFactory> Factories, Func<bool>? AreUsable = null);
