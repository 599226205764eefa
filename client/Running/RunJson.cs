using System.Text.Json;

namespace Sheaf.Client.Running;

/// <summary>How results are written.</summary>
internal static class RunJson
{
    /// <summary>One object a line.</summary>
    public static JsonSerializerOptions Lines { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Indented, for people.</summary>
    public static JsonSerializerOptions Pages { get; } = new(Lines) { WriteIndented = true };
}
