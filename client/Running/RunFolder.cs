using System.Text.Json;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>The folder of a run: <c>study.json</c>, <c>rounds.jsonl</c>, <c>summary.json</c>, and the cluster's database and log.</summary>
/// <remarks>While it is open no other process can open it: two clusters on one database would undo each other's work.</remarks>
internal sealed class RunFolder : IDisposable
{
    private const string Root = "runs";

    // What .NET says of a file that another process has opened: ERROR_SHARING_VIOLATION, or the platform's EWOULDBLOCK.
    private const int SharedOnWindows = unchecked((int)0x80070020);
    private const int SharedOnLinux = 11;
    private const int SharedOnMac = 35;

    private readonly FileStream _lock;

    private RunFolder(string path)
    {
        Path = path;
        _lock = Lock(System.IO.Path.Combine(path, "lock"));
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The resolved study: run it again and get the same results.</summary>
    public string StudyFile => System.IO.Path.Combine(Path, "study.json");

    /// <summary>What was found in the data file.</summary>
    private string DataFile => System.IO.Path.Combine(Path, "data.json");

    /// <summary>In which cluster the run is.</summary>
    private string ClusterFile => System.IO.Path.Combine(Path, "cluster.json");

    /// <summary>One JSON object a round.</summary>
    public string RoundsFile => System.IO.Path.Combine(Path, "rounds.jsonl");

    /// <summary>One JSON object a period, of a continual run.</summary>
    public string PeriodsFile => System.IO.Path.Combine(Path, "periods.jsonl");

    /// <summary>The results.</summary>
    public string SummaryFile => System.IO.Path.Combine(Path, "summary.json");

    /// <summary>What the cluster had to say.</summary>
    public string LogFile => System.IO.Path.Combine(Path, "sheaf.log");

    /// <summary>What to type to go on with the run.</summary>
    public string ResumeCommand => $"sheaf run --resume --output {(Path.Contains(' ') ? $"\"{Path}\"" : Path)}";

    /// <summary>Whether its run has ended: the summary is written last.</summary>
    public bool IsFinished => File.Exists(SummaryFile);

    /// <summary>Makes a folder.</summary>
    /// <param name="path">Where; it must be missing or empty.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="RunFailedException">There is something there, or it cannot be made.</exception>
    public static RunFolder Create(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            var resume = File.Exists(System.IO.Path.Combine(path, "study.json")) ? $", or go on with the run in it: sheaf run --resume --output {path}" : ", or empty it.";
            throw new RunFailedException($"The output folder '{path}' is not empty. Name another with --output{resume}");
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"The output folder '{path}' cannot be made: {exception.Message} Name another with --output.");
        }

        return new RunFolder(path);
    }

    /// <summary>The folder of a new run that was given none.</summary>
    /// <param name="run">The run's name.</param>
    /// <returns>A path below <c>runs</c>.</returns>
    public static string DefaultPath(string run) => System.IO.Path.Combine(Root, run);

    /// <summary>Opens the folder of a run that was begun.</summary>
    /// <param name="path">Where; null for the newest one below <c>runs</c>.</param>
    /// <param name="unfinishedOnly">Whether the newest one must not have ended.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="RunFailedException">There is no such run, or it is still running.</exception>
    public static RunFolder Reopen(string? path, bool unfinishedOnly)
    {
        if (path is null)
        {
            return new RunFolder(Newest(unfinishedOnly)
                ?? throw new RunFailedException($"There is no {(unfinishedOnly ? "unfinished " : "")}run below '{Root}'. Name the folder of one with --output."));
        }

        return File.Exists(System.IO.Path.Combine(path, "study.json"))
            ? new RunFolder(path)
            : throw new RunFailedException($"There is no run in '{path}': it has no study.json. Name the folder of a run with --output.");
    }

    /// <summary>Opens the folder of one of the runs of a study, and makes it when it is not there.</summary>
    /// <param name="run">Where it is in this folder.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="RunFailedException">It is in use.</exception>
    public RunFolder Below(string run) => new(Directory.CreateDirectory(System.IO.Path.Combine(Path, run)).FullName);

    /// <summary>Forgets the rounds written so far; they are written again from what the cluster has stored.</summary>
    public void ClearRounds() => File.Delete(RoundsFile);

    /// <summary>Says that the run has not ended: what it came to is no longer true.</summary>
    public void MarkUnfinished() => File.Delete(SummaryFile);

    /// <summary>Lets others open the folder.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>Writes the resolved study.</summary>
    /// <param name="study">The study.</param>
    public void WriteStudy(Study study) => Replace(StudyFile, StudyWriter.Write(study));

    /// <summary>Writes what was found in the data file.</summary>
    /// <param name="data">What was found.</param>
    public void WriteData(RunData data) => Replace(DataFile, JsonSerializer.Serialize(data, RunJson.Pages) + "\n");

    /// <summary>Reads what was found in the data file.</summary>
    /// <returns>What was found; null when the population is generated.</returns>
    public RunData? ReadData() => File.Exists(DataFile) ? JsonSerializer.Deserialize<RunData>(File.ReadAllText(DataFile), RunJson.Pages) : null;

    /// <summary>Writes in which cluster the run is.</summary>
    /// <param name="note">Where it is, and under which name.</param>
    public void WriteCluster(ClusterNote note) => Replace(ClusterFile, JsonSerializer.Serialize(note, RunJson.Pages) + "\n");

    /// <summary>Reads in which cluster the run is.</summary>
    /// <returns>Where it is; null when it is in this folder.</returns>
    public ClusterNote? ReadCluster() =>
        File.Exists(ClusterFile) ? JsonSerializer.Deserialize<ClusterNote>(File.ReadAllText(ClusterFile), RunJson.Pages) : null;

    /// <summary>Adds a round.</summary>
    /// <param name="record">The round.</param>
    public void AppendRound(RoundRecord record) =>
        Write(RoundsFile, file => File.AppendAllText(file, JsonSerializer.Serialize(RoundLine.Of(record), RunJson.Lines) + "\n"));

    /// <summary>Writes how the periods of a continual run began; a static one has none to tell of.</summary>
    /// <param name="periods">The periods.</param>
    public void WritePeriods(IReadOnlyList<PeriodRecord> periods)
    {
        if (periods.Count > 1 || periods.Any(period => period.Prequential is not null || period.Unscored is not null))
        {
            Replace(PeriodsFile, string.Concat(periods.Select(period => JsonSerializer.Serialize(period, RunJson.Lines) + "\n")));
        }
    }

    /// <summary>Writes the results.</summary>
    /// <typeparam name="T">The results of a run, or those of a study.</typeparam>
    /// <param name="summary">The results.</param>
    public void WriteSummary<T>(T summary) => Replace(SummaryFile, JsonSerializer.Serialize(summary, RunJson.Pages) + "\n");

    // That these files are there says how far the run is: a kill must not leave half of one.
    private void Replace(string path, string text) => Write(path, file =>
    {
        File.WriteAllText(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    });

    private void Write(string path, Action<string> write)
    {
        try
        {
            write(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var next = File.Exists(StudyFile) ? $"go on: {ResumeCommand}" : "run it again.";
            throw new RunFailedException(
                $"'{path}' cannot be written: {exception.Message.TrimEnd('.')}. Free space on its disk, or mend its permissions, and {next}", exception);
        }
    }

    private static string? Newest(bool unfinishedOnly) => !Directory.Exists(Root)
        ? null
        : Directory.EnumerateDirectories(Root)
            .Where(folder => File.Exists(System.IO.Path.Combine(folder, "study.json")))
            .Where(folder => !unfinishedOnly || !File.Exists(System.IO.Path.Combine(folder, "summary.json")))
            .MaxBy(folder => File.GetLastWriteTimeUtc(System.IO.Path.Combine(folder, "study.json")));

    private static FileStream Lock(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult is SharedOnWindows or SharedOnLinux or SharedOnMac)
        {
            throw new RunFailedException(
                $"Another run uses '{System.IO.Path.GetDirectoryName(file)}'. Wait until it has ended, or name another folder with --output.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"The folder of a run cannot be locked: {exception.Message.TrimEnd('.')}. Check its permissions and its disk.", exception);
        }
    }
}
