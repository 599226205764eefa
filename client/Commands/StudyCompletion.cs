using System.CommandLine.Completions;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Commands;

/// <summary>Completes the name of a study while it is typed in a shell.</summary>
internal static class StudyCompletion
{
    /// <summary>What a study's name may become: the shipped studies, the JSON files where one is, and the folders there.</summary>
    /// <param name="context">What is typed so far.</param>
    /// <returns>Whole words, in ordinal order.</returns>
    public static IEnumerable<CompletionItem> Suggest(CompletionContext context)
    {
        var typed = context.WordToComplete;
        var folder = Path.GetDirectoryName(typed) ?? "";
        return StudyCatalog.Names.Concat(FilesIn(folder))
            .Where(word => word.StartsWith(typed, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(word => new CompletionItem(word));
    }

    private static IEnumerable<string> FilesIn(string folder)
    {
        var place = new DirectoryInfo(folder.Length == 0 ? "." : folder);
        // A folder that may not be read has nothing to offer.
        var options = new EnumerationOptions { IgnoreInaccessible = true };
        return place.Exists
            ? place.EnumerateFiles("*.json", options).Select(file => Path.Combine(folder, file.Name))
                .Concat(place.EnumerateDirectories("*", options).Select(inner => Path.Combine(folder, inner.Name) + Path.DirectorySeparatorChar))
            : [];
    }
}
