using System.Text.Json;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>The folder of a run: <c>study.json</c>, <c>rounds.jsonl</c>, <c>summary.json</c>, and the cluster's database and log.</summary>
internal sealed class RunFolder
{
    private RunFolder(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The resolved study: run it again and get the same results.</summary>
    public string StudyFile => System.IO.Path.Combine(Path, "study.json");

    /// <summary>One JSON object a round.</summary>
    public string RoundsFile => System.IO.Path.Combine(Path, "rounds.jsonl");

    /// <summary>The results.</summary>
    public string SummaryFile => System.IO.Path.Combine(Path, "summary.json");

    /// <summary>What the cluster had to say.</summary>
    public string LogFile => System.IO.Path.Combine(Path, "sheaf.log");

    /// <summary>Makes a folder.</summary>
    /// <param name="path">Where; it must be missing or empty.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="RunFailedException">There is something there, or it cannot be made.</exception>
    public static RunFolder Create(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new RunFailedException($"The output folder '{path}' is not empty. Name another with --output, or empty it.");
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

    /// <summary>Writes the resolved study.</summary>
    /// <param name="study">The study.</param>
    public void WriteStudy(Study study) => File.WriteAllText(StudyFile, StudyWriter.Write(study));

    /// <summary>Adds a round.</summary>
    /// <param name="record">The round.</param>
    public void AppendRound(RoundRecord record) =>
        File.AppendAllText(RoundsFile, JsonSerializer.Serialize(RoundLine.Of(record), RunJson.Lines) + "\n");

    /// <summary>Writes the results.</summary>
    /// <param name="summary">The results.</param>
    public void WriteSummary(RunSummary summary) => File.WriteAllText(SummaryFile, JsonSerializer.Serialize(summary, RunJson.Pages) + "\n");
}
