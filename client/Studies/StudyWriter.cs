using System.Text.Json;

namespace Sheaf.Client.Studies;

/// <summary>Writes studies.</summary>
internal static class StudyWriter
{
    /// <summary>Writes a study with every field, so that it means the same when a default changes. What was written reads back equal.</summary>
    /// <param name="study">The study.</param>
    /// <returns>Indented JSON that ends in a line break.</returns>
    public static string Write(Study study)
    {
        ArgumentNullException.ThrowIfNull(study);
        return JsonSerializer.Serialize(study.Resolve(), StudyJson.WriteOptions) + "\n";
    }
}
