using System.Globalization;

namespace Sheaf.Abstractions.Naming;

/// <summary>What tasks and populations may be called: names are parts of keys and files, and are shown on terminals and pages.</summary>
public static class ClusterNames
{
    /// <summary>The most characters of a name.</summary>
    public const int LengthMax = 128;

    /// <summary>Refuses a name that nobody should have to show or store.</summary>
    /// <param name="what">What has it: <c>task</c>.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">It is empty, too long, a path, or has characters that cannot be seen.</exception>
    public static void Ensure(string what, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var flaw = name.Length == 0 ? "it is empty"
            : name.Length > LengthMax ? string.Create(CultureInfo.InvariantCulture, $"it has {name.Length} characters")
            : name is "." or ".." || name.AsSpan().IndexOfAny('/', '\\') >= 0 ? "it is a path"
            : name.Any(IsUnseen) || name.Trim() != name ? "it has characters that cannot be seen"
            : null;
        if (flaw is not null)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"That is no name for a {what}: {flaw}. Use 1 to {LengthMax} visible characters without slashes, such as letters, digits and dashes."));
        }
    }

    private static bool IsUnseen(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
