namespace Sheaf.Learning.Training;

/// <summary>How a device trains in a round: plain SGD, w ← w − η·∇(mean loss of the batch) (McMahan et al., AISTATS 2017, algorithm 1, ClientUpdate).</summary>
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
}
