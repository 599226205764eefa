namespace Sheaf.Grains.Training;

/// <summary>How a silo trains.</summary>
public sealed class TrainingLaneOptions
{
    /// <summary>Dedicated training threads of the silo.</summary>
    /// <value>At least 1. Default: one per core.</value>
    public int Lanes { get; init; } = Environment.ProcessorCount;
}
