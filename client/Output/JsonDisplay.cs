using System.Text.Json;
using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;
using Sheaf.Client.Reports;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Output;

/// <summary>Says nothing while a run goes on, and then one JSON object: the summary, and where the rest is.</summary>
/// <param name="output">Where it says it.</param>
internal sealed class JsonDisplay(TextWriter output) : IRunDisplay
{
    /// <inheritdoc/>
    public Task<T> DeliveringAsync<T>(long? rows, Func<Action<long>, Task<T>> deliver) => deliver(_ => { });

    /// <inheritdoc/>
    public void Delivered(Study study, PopulationTotals totals, int classes, RunData? data)
    {
    }

    /// <inheritdoc/>
    public Task<T> TrainingAsync<T>(Study study, Func<Action<TaskProgress, IReadOnlyList<RoundRecord>>, Task<T>> train) => train((_, _) => { });

    /// <inheritdoc/>
    public void Computing(IReadOnlyCollection<SiloDescription> silos)
    {
    }

    /// <inheritdoc/>
    public void Detached(ClusterNote note, RunFolder folder) =>
        output.WriteLine(JsonSerializer.Serialize(new { note.Cluster, note.Task, Output = folder.Path }, RunJson.Pages));

    /// <inheritdoc/>
    public void Beginning(PlannedRun run, int number, int count, bool isOver)
    {
    }

    /// <inheritdoc/>
    public void Ended(RunSummary summary)
    {
    }

    /// <inheritdoc/>
    public void Finished(Report report, StudySummary summary, RunFolder folder) => Print(summary, folder);

    /// <inheritdoc/>
    public void Finished(IReadOnlyList<RoundRecord> records, RunSummary summary, RunFolder folder) => Print(summary, folder);

    private void Print<T>(T summary, RunFolder folder)
    {
        var json = JsonSerializer.SerializeToNode(summary, RunJson.Pages)!.AsObject();
        json["output"] = folder.Path;
        output.WriteLine(json.ToJsonString(RunJson.Pages));
    }
}
