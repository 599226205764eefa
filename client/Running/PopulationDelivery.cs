using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sheaf.Abstractions.Populations;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>Brings a study's population into a cluster.</summary>
/// <param name="population">The population's grain.</param>
/// <param name="study">The resolved study.</param>
internal sealed class PopulationDelivery(IPopulation population, Study study)
{
    private const int BatchRows = 1000;

    /// <summary>Registers the population and delivers all its examples.</summary>
    /// <param name="survey">What the file holds; null for a generated population.</param>
    /// <param name="delivered">Told how many rows have arrived.</param>
    /// <param name="cancellationToken">Stops delivering.</param>
    /// <returns>The totals and the labels.</returns>
    public async Task<(PopulationTotals Totals, ImmutableArray<string> Labels)> DeliverAsync(
        DataSurvey? survey, Action<long> delivered, CancellationToken cancellationToken)
    {
        await population.RegisterAsync(StudySpecs.PopulationOf(study, survey));
        if (survey is null)
        {
            return (await population.SealAsync(default), await population.GetLabelsAsync());
        }

        var rows = 0L;
        foreach (var batch in Arrivals(study.Population.File!).Chunk(BatchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await population.IntakeAsync([.. batch]);
            delivered(rows += batch.Length);
        }

        return (await population.SealAsync(survey.End), [.. survey.Labels]);
    }

    private static IEnumerable<Arrival> Arrivals(FileSection file)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in DataSurveys.Open(file).Rows())
        {
            ref var ordinal = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, row.Label, out _);
            yield return ArrivalOf(row, ordinal++);
        }
    }

    // A file that says which side a row is on is believed; otherwise the text decides, so that no sentence is on both.
    private static Arrival ArrivalOf(DataRow row, long ordinal) => new(
        row.Device,
        row.Line,
        row.Time,
        row.Text,
        row.Label,
        row.Split is { } split ? !split.Equals("train", StringComparison.OrdinalIgnoreCase) : null,
        ordinal);
}
