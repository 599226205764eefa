using System.Text.Json;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <summary>Finds studies: the shipped ones by name, others by the path of their file.</summary>
internal static class StudyCatalog
{
    private const string ResourcePrefix = "studies/";
    private const string Extension = ".json";
    private static readonly string[] FilePaths =
    [
        "population.file.path", "population.behaviour.profiles.traceFile", "task.vocabularyFile", "model.assembly", "training.selection.assembly",
    ];

    /// <summary>The names of the shipped studies, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(StudyCatalog).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => name[ResourcePrefix.Length..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Finds and reads a study. The name of a shipped one goes before a file of the same name; write ./NAME for the file.</summary>
    /// <param name="nameOrPath">The name of a shipped study, or the path of a file.</param>
    /// <param name="overrides">What replaces its values, in this order; null for nothing.</param>
    /// <returns>The study, resolved and valid; relative paths have been made full ones.</returns>
    /// <exception cref="StudyException">There is no such study, it cannot be read, or it has mistakes.</exception>
    public static Study Find(string nameOrPath, IReadOnlyList<StudyOverride>? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        return Names.Contains(nameOrPath) ? StudyReader.Read(ReadShipped(nameOrPath), nameOrPath, overrides) : ReadFile(nameOrPath, overrides);
    }

    /// <summary>The text of a shipped study, comments and all: the pattern for one's own.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>The JSON text.</returns>
    public static string ReadShipped(string name)
    {
        using var stream = typeof(StudyCatalog).Assembly.GetManifestResourceStream(ResourcePrefix + name + Extension)
            ?? throw NotFound(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static Study ReadFile(string path, IReadOnlyList<StudyOverride>? overrides)
    {
        if (!File.Exists(path))
        {
            throw NotFound(path);
        }

        try
        {
            // One byte above the limit is enough to see that a file is too long.
            using var stream = File.OpenRead(path);
            var bytes = new byte[StudyReader.BytesMax + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Locate(StudyReader.Read(bytes.AsSpan(0, length), path, overrides), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var what = $"it cannot be read: {e.Message.TrimEnd('.')}";
            throw new StudyException(path, [new StudyMistake("", what, "Check its permissions.")]);
        }
    }

    private static Study Locate(Study study, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (file, behaviour, task, model, training) = (study.Population.File, study.Population.Behaviour, study.Task, study.Model, study.Training);
        return study with
        {
            Population = study.Population with
            {
                File = file is null ? null : file with { Path = Full(file.Path) },
                Behaviour = behaviour with { Profiles = behaviour.Profiles is { } profiles ? profiles with { TraceFile = Full(profiles.TraceFile) } : null },
            },
            Task = task with { VocabularyFile = Full(task.VocabularyFile) },
            Model = model with { Assembly = Full(model.Assembly) },
            Training = training with { Selection = training.Selection with { Assembly = Full(training.Selection.Assembly) } },
            Arms = [.. study.Arms.Select(arm => arm with { Changes = [.. arm.Changes.Select(change => Locate(change, folder))] })],
        };

        string? Full(string? relative) => relative is null ? null : Path.GetFullPath(relative, folder);
    }

    private static StudyOverride Locate(StudyOverride change, string folder) =>
        FilePaths.Contains(change.Path) && JsonSerializer.Deserialize<string?>(change.Value) is { } dataPath
            ? change with { Value = JsonSerializer.Serialize(Path.GetFullPath(dataPath, folder)) }
            : change;

    private static StudyException NotFound(string nameOrPath)
    {
        var shipped = Quoting.List(NearestName.Order(nameOrPath, Names));
        var where = IsPath(nameOrPath) ? $"there is no file '{nameOrPath}'" : "it is neither a shipped study nor a file";
        var meant = NearestName.Find(nameOrPath, Names) is { } nearest ? $"Did you mean '{nearest}'? " : "";
        var remedy = $"{meant}The shipped studies are {shipped}; or give the path of a file.";
        return new StudyException(nameOrPath, [new StudyMistake("", where, remedy)]);
    }

    private static bool IsPath(string nameOrPath) =>
        nameOrPath.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || nameOrPath.Contains('/') || nameOrPath.Contains('\\');
}
