using System.CommandLine;
using System.CommandLine.Parsing;
using Sheaf.Client.Naming;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Commands;

/// <summary><c>--set FIELD=VALUE</c>: a study with other values than its file has.</summary>
internal static class SetOption
{
    /// <summary>Makes the option; it may be given many times.</summary>
    /// <returns>The option.</returns>
    public static Option<StudyOverride[]> Create() => new("--set")
    {
        Description = "Replace a value of the study, for example --set training.rounds=10. May be given again.",
        HelpName = "FIELD=VALUE",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = Parse,
        DefaultValueFactory = _ => [],
    };

    private static StudyOverride[] Parse(ArgumentResult result)
    {
        var overrides = new List<StudyOverride>();
        foreach (var token in result.Tokens)
        {
            if (StudyOverride.TryParse(token.Value, out var parsed))
            {
                overrides.Add(parsed);
            }
            else
            {
                result.AddError($"--set: '{Quoting.Shorten(token.Value)}' is not of the form FIELD=VALUE, for example training.rounds=10.");
            }
        }

        return [.. overrides];
    }
}
