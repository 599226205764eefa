using System.CommandLine;
using System.CommandLine.Parsing;
using Sheaf.Client.Data;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Commands;

/// <summary>Makes options whose value is a time, written as data files write it.</summary>
internal static class TimeOption
{
    /// <summary>Makes an option.</summary>
    /// <param name="name">Its name, dashes and all.</param>
    /// <param name="description">What it is for.</param>
    /// <returns>The option; null when it is not given.</returns>
    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = Parse,
    };

    private static DateTimeOffset? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DataTime.TryParse(text, out var time))
        {
            return time;
        }

        result.AddError($"'{Quoting.Shorten(text)}' is not a time. {DataTime.Remedy}");
        return null;
    }
}
