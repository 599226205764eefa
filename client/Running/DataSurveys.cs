using System.Globalization;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>Looks at the data of studies before anything is started, so that what is wrong with it is said at once. Runs that read the same
/// rows in the same way share one look.</summary>
internal sealed class DataSurveys
{
    private readonly Dictionary<(FileSection Rows, TaskSection Task, double HeldOut), DataSurvey> _taken = [];

    /// <summary>Opens the file of a study.</summary>
    /// <param name="study">The study; it names a file.</param>
    /// <returns>The file.</returns>
    public static DataFile Open(Study study)
    {
        var file = study.Population.File!;
        return DataFile.Open(file.Path!, file.Format, ColumnsOf(study, file));
    }

    /// <summary>Looks at a study's data, unless it has been looked at.</summary>
    /// <param name="study">The resolved study; its file, if it has one, is named.</param>
    /// <returns>What its file holds; null for a generated population.</returns>
    /// <exception cref="DataFileException">The file has mistakes; all are named.</exception>
    /// <exception cref="StudyException">The file has fewer rows than it is to be dealt out to, or that of the vocabulary cannot be used.</exception>
    public DataSurvey? Of(Study study)
    {
        if (study.Population.File is not { } file)
        {
            return null;
        }

        var key = (file with { Partition = new(), Cut = default, Columns = ColumnsOf(study, file) }, study.Task, study.Population.HeldOut);
        if (!_taken.TryGetValue(key, out var survey))
        {
            TaskVocabulary.EnsureReadable(study);
            _taken.Add(key, survey = DataSurvey.Take(Open(study), TaskVocabulary.SurveyOf(study)));
        }

        if (file.Partition is { Kind: not PartitionKind.Natural, Devices: var devices } && devices > survey.Rows)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{devices} is more than the {survey.Rows} rows of the file");
            var mistake = new StudyMistake("population.file.partition.devices", what, "Use at most one device for each row.");
            throw new StudyException(study.Name, [mistake.In(study.Arm)]);
        }

        return survey;
    }

    // A partition takes the place of the device's column, and next words need no label: the file need not have such columns then.
    private static DataColumns ColumnsOf(Study study, FileSection file)
    {
        var readsLabels = study.Task.Type == TaskType.Classification || file.Partition.Kind == PartitionKind.LabelDirichlet;
        return file.Columns with
        {
            Device = file.Partition.Kind == PartitionKind.Natural ? file.Columns.Device : null,
            Label = readsLabels ? file.Columns.Label : null,
        };
    }
}
