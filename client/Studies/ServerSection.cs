using System.Text.Json.Serialization;

namespace Sheaf.Client.Studies;

/// <summary>How the mean update makes the next checkpoint.</summary>
internal enum ServerOptimizer
{
    /// <summary>It is added, times the learning rate (McMahan et al., AISTATS 2017).</summary>
    [JsonStringEnumMemberName("fedavg")]
    FedAvg,

    /// <summary>It is the gradient of Adam (Reddi et al., "Adaptive federated optimization", ICLR 2021).</summary>
    [JsonStringEnumMemberName("fedadam")]
    FedAdam,
}

/// <summary>The server's optimizer.</summary>
internal sealed record ServerSection
{
    /// <summary>"fedavg" or "fedadam". Default: "fedavg".</summary>
    public ServerOptimizer Optimizer { get; init; } = ServerOptimizer.FedAvg;

    /// <summary>The server's step size, above 0, at most 1000. Default: 1.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>How slowly FedAdam's mean of the updates moves, at least 0 and below 1. Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly FedAdam's mean of their squares moves, at least 0 and below 1. Default: 0.99.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>What keeps FedAdam from dividing by 0, called τ in its paper: above 0, at most 1. Default: 0.001.</summary>
    public double Epsilon { get; init; } = 0.001;
}
