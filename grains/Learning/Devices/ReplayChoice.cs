namespace Sheaf.Learning.Devices;

/// <summary>How a device chooses the old examples that it keeps to replay.</summary>
public enum ReplayChoice
{
    /// <summary>At random: <see cref="ReplayReserve.AtRandom"/>.</summary>
    Random,

    /// <summary>So that their gradients nearly cancel: <see cref="ReplayReserve.ByGradientSum"/>.</summary>
    GradientSum,
}
