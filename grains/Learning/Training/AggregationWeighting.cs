namespace Sheaf.Learning.Training;

/// <summary>What a device's update weighs in the mean: a choice of its own, never derived from how devices are selected.</summary>
public enum AggregationWeighting
{
    /// <summary>The number of different examples it trained on (FedAvg). Unbiased with uniform selection.</summary>
    Examples,

    /// <summary>One. Unbiased with selection proportional to activity.</summary>
    Equal,
}
