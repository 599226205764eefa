using System.CommandLine;

namespace Sheaf.Client.Commands;

/// <summary>Makes options that name a file or a folder.</summary>
internal static class PathOption
{
    /// <summary>Makes an option that refuses an empty name, which scripts pass when a variable of theirs is not set.</summary>
    /// <param name="name">Its name, dashes and all.</param>
    /// <param name="helpName">What its value is called in the help.</param>
    /// <param name="description">What it is for.</param>
    /// <returns>The option; null when it is not given.</returns>
    public static Option<string?> Create(string name, string helpName, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var path }] && string.IsNullOrWhiteSpace(path))
            {
                result.AddError($"{name}: its {helpName} is empty. Name one, or leave the option out.");
            }
        });
        return option;
    }
}
