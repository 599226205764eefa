using System.Text.Json.Serialization;

namespace Sheaf.Client.Studies;

/// <summary>How the gradient of a batch makes a device's next step.</summary>
internal enum LocalOptimizer
{
    /// <summary>It is followed (stochastic gradient descent), with a momentum or without.</summary>
    [JsonStringEnumMemberName("sgd")]
    Sgd,

    /// <summary>As Adam does (Kingma and Ba, ICLR 2015).</summary>
    [JsonStringEnumMemberName("adam")]
    Adam,

    /// <summary>As Adam does, and weights decay apart from it (Loshchilov and Hutter, ICLR 2019).</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,
}

/// <summary>How a device trains in a round: batch by batch on its own examples, seeing at most 100,000,000 in all. What its optimizer
/// remembers starts at zero in every round. With the task "next-word" every word of a text is an example here.</summary>
internal sealed record LocalSection
{
    /// <summary>Passes over the examples, 1 to 10,000; not used when <see cref="Steps"/> is set. Default: 1.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Batches in all, 1 to 1,000,000, however many passes that takes; null (the default) counts passes instead.</summary>
    public int? Steps { get; init; }

    /// <summary>Examples in a batch, 1 to 1,000,000. Default: 10.</summary>
    public int BatchSize { get; init; } = 10;

    /// <summary>The step size, above 0, at most 1000. Default: 0.1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The most examples a device uses in a round, 1 to 1,000,000; of more, a random part is used. Default: 200.</summary>
    public int ExamplesMax { get; init; } = 200;

    /// <summary>"sgd", "adam" or "adamw". Default: "sgd". The latter two want a smaller learningRate, such as 0.01.</summary>
    public LocalOptimizer Optimizer { get; init; } = LocalOptimizer.Sgd;

    /// <summary>How much of its last step "sgd" goes on with, at least 0 and below 1; only with "sgd". Default: 0.</summary>
    public double Momentum { get; init; }

    /// <summary>How slowly the mean of the gradients moves that "adam" and "adamw" keep, at least 0 and below 1. Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly the mean of their squares moves that "adam" and "adamw" keep, at least 0 and below 1. Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What keeps "adam" and "adamw" from dividing by 0: 1e-12 to 1. Default: 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>How fast weights shrink: times 1 − learningRate · weightDecay in every batch, on a device those of the tokens it trains on and
    /// those of no token; 0 to 1000, below 1 / learningRate; only with "adamw". Default: 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>How strongly a device's weights are pulled back to the checkpoint, called μ in FedProx's paper (Li et al., MLSys 2020): 0 (not at
    /// all) to 1,000,000. Default: 0.</summary>
    public double Proximal { get; init; }
}
