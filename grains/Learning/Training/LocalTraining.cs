namespace Sheaf.Learning.Training;

/// <summary>
/// What turns the gradient g of a batch's mean loss into a step of a device's weights w. Its state starts at zero in every round, on every device.
/// </summary>
public enum LocalOptimizer
{
    /// <summary>
    /// Stochastic gradient descent (McMahan et al., AISTATS 2017, algorithm 1, ClientUpdate): w ← w − η·g. With a momentum β, the classical
    /// v ← β·v + g, w ← w − η·v (Polyak, 1964, as PyTorch writes it: without dampening, not Nesterov's).
    /// </summary>
    Sgd,

    /// <summary>
    /// Adam (Kingma and Ba, ICLR 2015, algorithm 1): m ← β₁·m + (1−β₁)·g, v ← β₂·v + (1−β₂)·g²,
    /// w ← w − η·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε) in the t-th batch of the round.
    /// </summary>
    Adam,

    /// <summary>
    /// Adam with decoupled weight decay λ (Loshchilov and Hutter, ICLR 2019, algorithm 2, as PyTorch writes it): w ← (1 − η·λ)·w before
    /// Adam's step.
    /// </summary>
    AdamW,
}

/// <summary>How a device trains in a round: batches of its examples, and an optimizer that steps after each.</summary>
/// <remarks>
/// What is described is training a dense model: a row of a sparse block goes on moving by its momentum in batches in which none of its tokens
/// occurs. A row that no batch of the device's round uses has gradient 0 throughout, so no optimizer moves it; weight decay alone would, and
/// therefore applies to dense blocks and to the rows that the device uses in this round. So an update has those rows only.
/// </remarks>
public sealed record LocalTraining
{
    /// <summary>Passes over the examples, at least 1. Default: 1. Ignored when <see cref="Steps"/> is set.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Batches in all, at least 1, however many epochs that takes; null (the default) counts epochs instead.</summary>
    public int? Steps { get; init; }

    /// <summary>Examples per batch, at least 1; the last batch of an epoch may be smaller. Default: 10.</summary>
    public int BatchSize { get; init; } = 10;

    /// <summary>The step size η, above 0. Default: 0.1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The most examples a device uses in one round, at least 1; with more, a random subset is used. Default: 200.</summary>
    public int ExamplesMax { get; init; } = 200;

    /// <summary>What steps. Default: <see cref="LocalOptimizer.Sgd"/>.</summary>
    public LocalOptimizer Optimizer { get; init; } = LocalOptimizer.Sgd;

    /// <summary>β of <see cref="LocalOptimizer.Sgd"/>, in [0, 1). Default: 0. The others do not use it.</summary>
    public double Momentum { get; init; }

    /// <summary>β₁ of Adam and AdamW, in [0, 1). Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂ of Adam and AdamW, in [0, 1). Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε of Adam and AdamW, in [1e-12, 1], so that a weight without gradient is divided by more than 0. Default: 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>λ of <see cref="LocalOptimizer.AdamW"/>, at least 0 and below 1/η. Default: 0. The others do not use it.</summary>
    public double WeightDecay { get; init; }

    /// <summary>
    /// μ of the proximal term, at least 0 (Li et al., "Federated optimization in heterogeneous networks", MLSys 2020, equation 2, FedProx): the
    /// loss gains μ/2·‖w − w₀‖², where w₀ is the checkpoint, so the gradient gains μ·(w − w₀). Default: 0, which is no such term.
    /// </summary>
    public double Proximal { get; init; }

    /// <summary>Whether a step is w ← w − η·g and nothing else: it needs no state and moves only what the batch uses.</summary>
    public bool IsPlain => Optimizer == LocalOptimizer.Sgd && Momentum == 0 && Proximal == 0;
}
