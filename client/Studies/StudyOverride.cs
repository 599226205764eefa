using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <summary>A value that replaces the one a study has, as <c>training.server.optimizer=fedavg</c>.</summary>
/// <param name="Path">The field, from the top of the study: <c>training.server.optimizer</c>.</param>
/// <param name="Value">Its value as JSON; what is no JSON is a text, so that words need no quotes.</param>
internal sealed record StudyOverride(string Path, string Value)
{
    /// <summary>Reads an override as it is typed.</summary>
    /// <param name="typed">The field, an equals sign and the value.</param>
    /// <param name="parsed">The override, when the answer is true.</param>
    /// <returns>Whether it has the form <c>field=value</c>.</returns>
    public static bool TryParse(string typed, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StudyOverride? parsed)
    {
        var at = typed.IndexOf('=');
        parsed = at > 0 ? new StudyOverride(typed[..at].Trim(), typed[(at + 1)..].Trim()) : null;
        return parsed is not null;
    }

    /// <summary>The override as it was typed, fit for a message.</summary>
    /// <returns>For example <c>seed=7</c>.</returns>
    public override string ToString() => Quoting.Shorten($"{Path}={Value}");
}
