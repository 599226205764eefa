namespace Sheaf.Client.Naming;

/// <summary>Finds the name that a mistyped one was probably meant to be.</summary>
/// <remarks>
/// The distance is the restricted edit distance of Damerau ("A technique for computer detection and correction of spelling
/// errors", 1964): insertions, deletions, substitutions and swaps of neighbours cost 1 each; case costs nothing.
/// </remarks>
internal static class NearestName
{
    // Longer names are compared by their beginning, so that a name of a megabyte costs no more than one of a line.
    private const int ComparedLengthMax = 64;

    /// <summary>The name nearest to a mistyped one, when it is near enough to be meant.</summary>
    /// <param name="typed">The name as typed.</param>
    /// <param name="names">The right names.</param>
    /// <returns>The nearest (the first of equals), or null when more than a third of the typed name, and more than 2 characters,
    /// would have to change.</returns>
    public static string? Find(string typed, IEnumerable<string> names)
    {
        var limit = Math.Max(2, Math.Min(typed.Length, ComparedLengthMax) / 3);
        var nearest = names.MinBy(name => Distance(typed, name));
        if (nearest is null)
        {
            return null;
        }

        var distance = Distance(typed, nearest);
        return distance <= limit && distance < typed.Length ? nearest : null;
    }

    /// <summary>The right names, the nearest first.</summary>
    /// <param name="typed">The name as typed.</param>
    /// <param name="names">The right names.</param>
    /// <returns>All of them; equally near ones keep their order.</returns>
    public static IReadOnlyList<string> Order(string typed, IEnumerable<string> names) =>
        [.. names.OrderBy(name => Distance(typed, name))];

    /// <summary>The edit distance of two names.</summary>
    /// <param name="first">One name.</param>
    /// <param name="second">The other.</param>
    /// <returns>0 when they differ in case alone.</returns>
    public static int Distance(string first, string second)
    {
        var (a, b) = (Fold(first), Fold(second));
        var beforeLast = new int[b.Length + 1];
        var last = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substituted, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[b.Length];
    }

    private static string Fold(string name) => name[..Math.Min(name.Length, ComparedLengthMax)].ToUpperInvariant();
}
