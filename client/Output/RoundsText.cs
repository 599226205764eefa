using System.Globalization;

namespace Sheaf.Client.Output;

/// <summary>Says which rounds are meant.</summary>
internal static class RoundsText
{
    private const int RangesMax = 20;

    /// <summary>Says rounds as ranges.</summary>
    /// <param name="rounds">The rounds, ascending.</param>
    /// <returns>Such as <c>1-3, 7</c>; after twenty ranges, how many rounds follow.</returns>
    public static string Of(IReadOnlyList<int> rounds)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var round in rounds)
        {
            if (ranges.Count > 0 && ranges[^1].Last == round - 1)
            {
                ranges[^1] = (ranges[^1].First, round);
            }
            else
            {
                ranges.Add((round, round));
            }
        }

        var shown = ranges.Take(RangesMax).Select(range => string.Create(
            CultureInfo.InvariantCulture, $"{range.First}{(range.Last == range.First ? "" : string.Create(CultureInfo.InvariantCulture, $"-{range.Last}"))}"));
        var left = ranges.Skip(RangesMax).Sum(range => range.Last - range.First + 1);
        return string.Join(", ", shown) + (left == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {left} more"));
    }
}
