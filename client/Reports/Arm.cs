using Sheaf.Client.Studies;

namespace Sheaf.Client.Reports;

/// <summary>Runs of one study that differ in their seeds only.</summary>
/// <param name="Name">A name of its own in the report.</param>
/// <param name="Study">The study; its seed means nothing.</param>
/// <param name="Runs">The runs, ordered by seed.</param>
internal sealed record Arm(string Name, Study Study, IReadOnlyList<RunResult> Runs)
{
    /// <summary>Whether its task is next words, so that its loss is in nats per word.</summary>
    public bool IsLanguage => Study.Task.Type == TaskType.NextWord;

    /// <summary>Whether its rounds go by a virtual clock.</summary>
    public bool HasClock => Study.Population.Behaviour.Profiles is not null;

    /// <summary>Puts runs together that differ in their seeds only.</summary>
    /// <param name="runs">The runs.</param>
    /// <returns>The arms, in the order of their first runs. Each is called as its study calls it; those that would be called the same are told
    /// apart by their studies' names or, where these are the same, by the folders of their first runs.</returns>
    public static IReadOnlyList<Arm> Of(IReadOnlyList<RunResult> runs)
    {
        var groups = runs.GroupBy(run => run.Study with { Seed = 0 }).ToList();
        var root = CommonFolder([.. groups.Select(group => FolderOf(group))]);
        var names = groups.Select(group => NamesOf(group.Key, Path.GetRelativePath(root, FolderOf(group)))).ToList();
        return
        [
            .. groups.Index().Select(group => new Arm(
                names[group.Index].Index().First(name => names.Count(other => other[name.Index] == name.Item) == 1).Item,
                group.Item.Key,
                [.. group.Item.OrderBy(run => run.Study.Seed)])),
        ];
    }

    private static string FolderOf(IEnumerable<RunResult> runs) => Path.GetFullPath(runs.First().Folder);

    // From the shortest to the one that no other arm has.
    private static string[] NamesOf(Study study, string folder)
    {
        var full = study.Arm.Length > 0 ? $"{study.Name}/{study.Arm}" : study.Name;
        return [study.Arm.Length > 0 ? study.Arm : study.Name, full, $"{full} ({folder.Replace('\\', '/')})"];
    }

    private static string CommonFolder(IReadOnlyList<string> folders)
    {
        var common = Path.GetDirectoryName(folders[0])!;
        while (!folders.All(folder => folder.StartsWith(Path.TrimEndingDirectorySeparator(common) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            && Path.GetDirectoryName(common) is { } above)
        {
            common = above;
        }

        return common;
    }
}
