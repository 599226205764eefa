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

        var survey = DataSurvey.Take(Open(study), TaskVocabulary.SurveyOf(study));
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
            return (await population.SealAsync(default), await population.GetLabelsAsync());
        }

        var rows = 0L;
        foreach (var batch in Arrivals(study).Chunk(BatchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await population.IntakeAsync([.. batch]);
            delivered(rows += batch.Length);
        }

        return (await population.SealAsync(survey.End), [.. survey.Labels]);
    }

    // A partition takes the place of the device's column, and next words need no label: the file need not have such columns then.
    private static DataFile Open(Study study)
    {
        var (file, kind) = (study.Population.File!, study.Population.File!.Partition.Kind);
        var readsLabels = study.Task.Type == TaskType.Classification || kind == PartitionKind.LabelDirichlet;
        var columns = file.Columns with
        {
            Device = kind == PartitionKind.Natural ? file.Columns.Device : null,
            Label = readsLabels ? file.Columns.Label : null,
        };
        return DataFile.Open(file.Path!, file.Format, columns);
    }

    private static IEnumerable<Arrival> Arrivals(Study study)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in Open(study).Rows())
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
