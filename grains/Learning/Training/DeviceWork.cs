namespace Sheaf.Learning.Training;

/// <summary>One device's part of a batch that is trained together.</summary>
/// <param name="Position">The device's position, which fixes its random streams.</param>
/// <param name="Examples">Its examples, at least one.</param>
/// <param name="InverseInclusion">The mean inclusion probability of all devices over its own, above 0; 1 when all are alike.</param>
public readonly record struct DeviceWork(ulong Position, PackedExamples Examples, double InverseInclusion = 1);
