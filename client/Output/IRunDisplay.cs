using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;
using Sheaf.Client.Reports;
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
    /// <param name="data">What the data file holds; null when the population is generated.</param>
    void Delivered(Study study, PopulationTotals totals, int classes, RunData? data);

    /// <summary>Shows what the devices of a study that asks for accelerators train on.</summary>
    /// <param name="silos">The silos of its cluster.</param>
    void Computing(IReadOnlyCollection<SiloDescription> silos);

    /// <summary>Shows the rounds while they go on.</summary>
    /// <typeparam name="T">What the training gives.</typeparam>
    /// <param name="study">The study.</param>
    /// <param name="train">The training, told whom to tell how far it is.</param>
    /// <returns>What the training gave.</returns>
    Task<T> TrainingAsync<T>(Study study, Func<Action<TaskProgress, IReadOnlyList<RoundRecord>>, Task<T>> train);

    /// <summary>Shows that a run goes on in its cluster without whoever started it.</summary>
    /// <param name="note">Where it is.</param>
    /// <param name="folder">Its folder here.</param>
    void Detached(ClusterNote note, RunFolder folder);

    /// <summary>Shows which of the runs of a study comes next.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">Its number, starting at 1.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="isOver">Whether it ended before, and is kept.</param>
    void Beginning(PlannedRun run, int number, int count, bool isOver);

    /// <summary>Shows that one of the runs of a study has ended.</summary>
    /// <param name="summary">Its summary.</param>
    void Ended(RunSummary summary);

    /// <summary>Shows the results of a study with arms or seeds.</summary>
    /// <param name="report">The report of all its runs.</param>
    /// <param name="summary">The summary.</param>
    /// <param name="folder">Where they are.</param>
    void Finished(Report report, StudySummary summary, RunFolder folder);

    /// <summary>Shows the results of a study that is one run.</summary>
    /// <param name="records">The rounds.</param>
    /// <param name="summary">The summary.</param>
    /// <param name="folder">Where they are.</param>
    void Finished(IReadOnlyList<RoundRecord> records, RunSummary summary, RunFolder folder);
}
