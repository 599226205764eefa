namespace Sheaf.Client.Studies;

/// <summary>How a device trains in a round: plain stochastic gradient descent on its own examples, seeing at most 100,000,000 in all.
/// With the task "next-word" every word of a text is an example here.</summary>
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
}
