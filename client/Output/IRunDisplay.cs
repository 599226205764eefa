using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Output;

/// <summary>Shows a run to whoever started it.</summary>
internal interface IRunDisplay
{
    /// <summary>Shows a delivery while it goes on.</summary>
    /// <typeparam name="T">What the delivery gives.</typeparam>
    /// <param name="rows">How many rows there are; null when nobody knows.</param>
    /// <param name="deliver">The delivery, told whom to tell how many rows have arrived.</param>
    /// <returns>What the delivery gave.</returns>
    Task<T> DeliveringAsync<T>(long? rows, Func<Action<long>, Task<T>> deliver);

    /// <summary>Shows what was delivered.</summary>
    /// <param name="study">The study.</param>
    /// <param name="totals">The population.</param>
    /// <param name="classes">How many labels there are, or words, the unknown one among them.</param>
    /// <param name="unlabelled">How many rows of the file were left out because they have no label.</param>
    void Delivered(Study study, PopulationTotals totals, int classes, long unlabelled);

    /// <summary>Shows the rounds while they go on.</summary>
    /// <typeparam name="T">What the training gives.</typeparam>
    /// <param name="study">The study.</param>
    /// <param name="train">The training, told whom to tell how far it is.</param>
    /// <returns>What the training gave.</returns>
    Task<T> TrainingAsync<T>(Study study, Func<Action<TaskProgress, IReadOnlyList<RoundRecord>>, Task<T>> train);

    /// <summary>Shows the results.</summary>
    /// <param name="records">The rounds.</param>
    /// <param name="summary">The summary.</param>
    /// <param name="folder">Where they are.</param>
    void Finished(IReadOnlyList<RoundRecord> records, RunSummary summary, RunFolder folder);
}
