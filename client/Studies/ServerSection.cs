using System.Text.Json.Serialization;

namespace Sheaf.Client.Studies;

/// <summary>How the mean update makes the next checkpoint.</summary>
internal enum ServerOptimizer
{
    /// <summary>It is added, times the learning rate (McMahan et al., AISTATS 2017).</summary>
    [JsonStringEnumMemberName("fedavg")]
    FedAvg,

    /// <summary>It is added with momentum (Hsu, Qi and Brown, 2019).</summary>
    [JsonStringEnumMemberName("fedavgm")]
    FedAvgM,

    /// <summary>It is the gradient of Adagrad (Reddi et al., "Adaptive federated optimization", ICLR 2021).</summary>
    [JsonStringEnumMemberName("fedadagrad")]
    FedAdagrad,

    /// <summary>It is the gradient of Adam (Reddi et al., ICLR 2021).</summary>
    [JsonStringEnumMemberName("fedadam")]
    FedAdam,

    /// <summary>It is the gradient of Yogi (Reddi et al., ICLR 2021).</summary>
    [JsonStringEnumMemberName("fedyogi")]
    FedYogi,
}

/// <summary>The server's optimizer.</summary>
internal sealed record ServerSection
{
    /// <summary>"fedavg", "fedavgm", "fedadagrad", "fedadam" or "fedyogi". Default: "fedavg".</summary>
    public ServerOptimizer Optimizer { get; init; } = ServerOptimizer.FedAvg;

    /// <summary>The server's step size, above 0, at most 1000. Default: 1.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>How slowly the mean of the updates moves that FedAdagrad, FedAdam and FedYogi keep, at least 0 and below 1. Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly the mean of their squares moves that FedAdam and FedYogi keep, at least 0 and below 1. Default: 0.99.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>What keeps FedAdagrad, FedAdam and FedYogi from dividing by 0, called τ in their paper: above 0, at most 1. Default: 0.001.</summary>
    public double Epsilon { get; init; } = 0.001;

    /// <summary>How much of its last step FedAvgM goes on with, at least 0 and below 1. Default: 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>How the step size changes from round to round.</summary>
    public ScheduleSection Schedule { get; init; } = new();
}
