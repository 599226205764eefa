using System.Text;

namespace Sheaf.Client.Naming;

/// <summary>Shows what a person typed, or what a file holds, within one line of a message.</summary>
internal static class Quoting
{
    private const int LengthMax = 40;

    /// <summary>A value, fit to be shown: control characters become spaces, and what exceeds 40 characters is cut.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The value without quotes around it; a cut one ends in '…'.</returns>
    public static string Shorten(string value)
    {
        var end = Math.Min(value.Length, LengthMax);
        if (end < value.Length && char.IsHighSurrogate(value[end - 1]))
        {
            end--;
        }

        var shown = new StringBuilder(end + 1);
        foreach (var c in value.AsSpan(0, end))
        {
            shown.Append(char.IsControl(c) ? ' ' : c);
        }

        return end < value.Length ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>Names in quotes, separated by commas.</summary>
    /// <param name="names">The names.</param>
    /// <param name="countMax">The most that are shown; the rest is counted.</param>
    /// <returns>For example <c>'a', 'b' and 3 more</c>.</returns>
    public static string List(IReadOnlyCollection<string> names, int countMax = 30)
    {
        var shown = string.Join(", ", names.Take(countMax).Select(name => $"'{Shorten(name)}'"));
        return names.Count > countMax ? $"{shown} and {names.Count - countMax} more" : shown;
    }
}
