using System.Text.Json;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Reports;

/// <summary>What a run left in its folder, finished or not.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Study">The resolved study.</param>
/// <param name="Rounds">The rounds that are over, ascending.</param>
/// <param name="Periods">How its periods began; none of a static run.</param>
/// <param name="Summary">Its results; null while it has not run to its end.</param>
internal sealed record RunResult(
    string Folder, Study Study, IReadOnlyList<RoundLine> Rounds, IReadOnlyList<PeriodRecord> Periods, RunSummary? Summary)
{
    private const string StudyFile = "study.json";

    /// <summary>Whether it ran to its end.</summary>
    public bool IsFinished => Summary is not null;

    /// <summary>Whether it has an evaluated round.</summary>
    public bool IsEvaluated => Rounds.Any(round => round.Metrics is not null);

    /// <summary>Reads every run in some folders.</summary>
    /// <param name="folders">Folders of runs, or folders with such folders below them, however deep.</param>
    /// <returns>The runs, each once, ordered by folder, and those of a study by its arms.</returns>
    /// <exception cref="RunFailedException">A folder has no run, or what a run left cannot be read.</exception>
    /// <exception cref="StudyException">A run's study has mistakes.</exception>
    public static IReadOnlyList<RunResult> ReadAll(IEnumerable<string> folders) =>
    [
        .. folders.SelectMany(FoldersBelow).Distinct(StringComparer.Ordinal).Select(Read)
            .OrderBy(run => run.StudyFolder, StringComparer.Ordinal).ThenBy(run => run.PlaceInStudy()).ThenBy(run => run.Folder, StringComparer.Ordinal),
    ];

    // Of a run in an arm: STUDY/ARM/SEED.
    private string StudyFolder => Study.Arm.Length > 0 ? Path.GetDirectoryName(Path.GetDirectoryName(Folder)!) ?? Folder : Folder;

    private int PlaceInStudy()
    {
        var study = Path.Combine(StudyFolder, StudyFile);
        return Study.Arm.Length > 0 && File.Exists(study)
            ? StudyCatalog.Find(study).Arms.Index().FirstOrDefault(arm => arm.Item.Name == Study.Arm).Index
            : 0;
    }

    private static IEnumerable<string> FoldersBelow(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true };
        var found = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "rounds.jsonl", options).Select(file => Path.GetDirectoryName(Path.GetFullPath(file))!).ToList()
            : [];
        return found.Count > 0 ? found
            : throw new RunFailedException($"There is no run in '{folder}', nor below it: no rounds.jsonl. Name the folder of a run, or one with runs in it.");
    }

    /// <summary>Reads a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunFailedException">What it left cannot be read.</exception>
    /// <exception cref="StudyException">Its study has mistakes.</exception>
    public static RunResult Read(string folder)
    {
        var study = StudyCatalog.Find(Path.Combine(folder, StudyFile));
        var summary = Path.Combine(folder, "summary.json");
        return new RunResult(
            folder,
            study,
            ReadLines<RoundLine>(folder, "rounds.jsonl", "a round"),
            ReadLines<PeriodRecord>(folder, "periods.jsonl", "a period"),
            File.Exists(summary) ? ReadJson<RunSummary>(folder, $"'{summary}'", "the results of a run", File.ReadAllText(summary)) : null);
    }

    private static List<T> ReadLines<T>(string folder, string name, string what)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path)
            ? [.. File.ReadLines(path).Index().Select(line => ReadJson<T>(folder, $"Line {line.Index + 1} of '{path}'", what, line.Item))]
            : [];
    }

    private static T ReadJson<T>(string folder, string place, string what, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, RunJson.Lines)!;
        }
        catch (JsonException exception)
        {
            throw new RunFailedException(
                $"{place} is not {what}: {exception.Message.Split(" Path:")[0]} 'sheaf run --resume --output {folder}' writes the file anew.");
        }
    }
}
