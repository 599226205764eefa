using System.CommandLine;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf schema</c>: the JSON schema of studies, for editors.</summary>
internal static class SchemaCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where the schema goes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output)
    {
        var command = new Command("schema", "Print the JSON schema of a study, by which editors complete and check one.");
        command.SetAction(_ => output.Write(StudySchema.Write()));
        return command;
    }
}
