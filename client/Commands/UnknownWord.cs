using System.CommandLine;
using System.CommandLine.Parsing;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Commands;

/// <summary>Words of a command line that mean nothing, and those that were probably meant.</summary>
internal static class UnknownWord
{
    /// <summary>Whether a word is meant as an option.</summary>
    /// <param name="word">The word.</param>
    /// <returns>True when it begins with a dash.</returns>
    public static bool IsOption(string word) => word.StartsWith('-');

    /// <summary>Says that there is no such command or option.</summary>
    /// <param name="what">"command" or "option".</param>
    /// <param name="typed">The word.</param>
    /// <param name="known">What there is.</param>
    /// <returns>One or two sentences.</returns>
    public static string Describe(string what, string typed, IEnumerable<Symbol> known)
    {
        var nearest = NearestName.Find(typed, known.Select(symbol => symbol.Name));
        return $"There is no {what} '{Quoting.Shorten(typed)}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}";
    }

    /// <summary>Refuses an argument that is a mistyped option: the parser takes one for the argument when none is given.</summary>
    /// <param name="result">What was parsed.</param>
    /// <param name="options">The command's options.</param>
    public static void RefuseOption(ArgumentResult result, IEnumerable<Option> options)
    {
        if (result.Tokens is [{ Value: var typed }] && IsOption(typed))
        {
            result.AddError(Describe("option", typed, options));
        }
    }
}
