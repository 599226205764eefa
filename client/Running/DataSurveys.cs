using System.Globalization;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>Looks at the data of studies before anything is started, so that what is wrong with it is said at once. Runs that read the same
/// rows in the same way share one look.</summary>
internal sealed class DataSurveys
{
    private readonly Dictionary<FileSection, DataSurvey> _taken = [];

    /// <summary>Opens the file of a study.</summary>
    /// <param name="file">The study's section; it names a file.</param>
    /// <returns>The file.</returns>
    public static DataFile Open(FileSection file) => DataFile.Open(file.Path!, file.Format, ColumnsOf(file));

    /// <summary>Looks at a study's data, unless it has been looked at.</summary>
    /// <param name="study">The resolved study; its file, if it has one, is named.</param>
    /// <returns>What its file holds; null for a generated population.</returns>
    /// <exception cref="DataFileException">The file has mistakes; all are named.</exception>
    /// <exception cref="StudyException">The file has fewer rows than it is to be dealt out to.</exception>
    public DataSurvey? Of(Study study)
    {
        if (study.Population.File is not { } file)
        {
            return null;
        }

        var rows = file with { Partition = new(), Columns = ColumnsOf(file) };
        if (!_taken.TryGetValue(rows, out var survey))
        {
            _taken.Add(rows, survey = DataSurvey.Take(Open(file)));
        }

        if (file.Partition is { Kind: not PartitionKind.Natural, Devices: var devices } && devices > survey.Rows)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{devices} is more than the {survey.Rows} rows of the file");
            var mistake = new StudyMistake("population.file.partition.devices", what, "Use at most one device for each row.");
            throw new StudyException(study.Name, [mistake.In(study.Arm)]);
        }

        return survey;
    }

    // A partition takes the place of the device's column, which the file need not have then.
    private static DataColumns ColumnsOf(FileSection file) =>
        file.Partition.Kind == PartitionKind.Natural ? file.Columns : file.Columns with { Device = null };
}
