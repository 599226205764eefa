using System.CommandLine;
using System.Text.Json;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf studies</c>: what is shipped.</summary>
internal static class StudiesCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where the list goes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output)
    {
        var json = new Option<bool>("--json") { Description = "Print a JSON array." };
        var command = new Command("studies", "List the shipped studies.") { json };
        command.SetAction(parsed => output.Write(parsed.GetValue(json) ? Json() : Text()));
        return command;
    }

    private static string Text()
    {
        var width = StudyCatalog.Names.Max(name => name.Length);
        return string.Concat(StudyCatalog.Names.Select(name => StudyCatalog.Find(name)).Select(study => $"{study.Name.PadRight(width)}  {study.Description}\n"));
    }

    private static string Json() => JsonSerializer.Serialize(
        StudyCatalog.Names.Select(name => StudyCatalog.Find(name)).Select(study => new { study.Name, study.Description }), StudyJson.WriteOptions) + "\n";
}
