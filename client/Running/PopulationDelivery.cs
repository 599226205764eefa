using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>Looks at the data before anything is started, so that what is wrong with it is said at once.</summary>
    /// <param name="study">The resolved study.</param>
    /// <returns>What its file holds; null for a generated population.</returns>
    /// <exception cref="DataFileException">The file has mistakes; all are named.</exception>
    /// <exception cref="StudyException">The file has fewer rows than it is to be dealt out to.</exception>
    public static DataSurvey? Survey(Study study)
    {
        if (study.Population.File is not { } file)
        {
            return null;
        }

        var survey = DataSurvey.Take(Open(file));
        if (file.Partition is { Kind: not PartitionKind.Natural, Devices: var devices } && devices > survey.Rows)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{devices} is more than the {survey.Rows} rows of the file");
            throw new StudyException(study.Name, [new StudyMistake("population.file.partition.devices", what, "Use at most one device for each row.")]);
        }

        return survey;
    }

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
            var totals = await population.SealAsync(default);
            for (var period = 1; period < study.Population.Generated!.Periods; period++)
            {
                totals = await population.SealAsync(default, period);
            }

            return (totals, await population.GetLabelsAsync());
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

    // A partition takes the place of the device's column, which the file need not have then.
    private static DataFile Open(FileSection file) => DataFile.Open(
        file.Path!, file.Format, file.Partition.Kind == PartitionKind.Natural ? file.Columns : file.Columns with { Device = null });

    private static IEnumerable<Arrival> Arrivals(FileSection file)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in Open(file).Rows())
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
        row.IsHeldOut,
        ordinal);
}
