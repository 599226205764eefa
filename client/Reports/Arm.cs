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

    /// <summary>Puts runs together that differ in their seeds only.</summary>
    /// <param name="runs">The runs.</param>
    /// <returns>The arms, in the order of their first runs. Arms of the same name are told apart by their first run's folder.</returns>
    public static IReadOnlyList<Arm> Of(IReadOnlyList<RunResult> runs)
    {
        var groups = runs.GroupBy(run => run.Study with { Seed = 0 }).ToList();
        var names = groups.GroupBy(group => group.Key.Name).ToDictionary(same => same.Key, same => same.Count());
        return
        [
            .. groups.Select(group => new Arm(
                names[group.Key.Name] == 1 ? group.Key.Name : $"{group.Key.Name} ({Path.GetFileName(group.First().Folder)})",
                group.Key,
                [.. group.OrderBy(run => run.Study.Seed)])),
        ];
    }
}
