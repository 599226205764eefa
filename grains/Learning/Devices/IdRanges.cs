using System.Collections.Immutable;

namespace Sheaf.Learning.Devices;

/// <summary>Ids that follow each other.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
public readonly record struct IdRange(long First, long Last);

/// <summary>Sets of ids as ranges: small where ids follow each other, as those of a device mostly do.</summary>
public static class IdRanges
{
    /// <summary>The ranges of some ids.</summary>
    /// <param name="ids">The ids, in any order; twice is once.</param>
    /// <returns>Ascending ranges with at least one other id between each two.</returns>
    public static ImmutableArray<IdRange> Of(IEnumerable<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var ranges = ImmutableArray.CreateBuilder<IdRange>();
        foreach (var id in ids.Order())
        {
            if (ranges.Count > 0 && id - 1 <= ranges[^1].Last)
            {
                ranges[^1] = ranges[^1] with { Last = id };
            }
            else
            {
                ranges.Add(new IdRange(id, id));
            }
        }

        return ranges.ToImmutable();
    }

    /// <summary>Whether an id is in a set, in O(log ranges).</summary>
    /// <param name="ranges">What <see cref="Of"/> gave.</param>
    /// <param name="id">The id.</param>
    /// <returns>True when it is.</returns>
    public static bool Contains(ImmutableArray<IdRange> ranges, long id)
    {
        var (low, high) = (0, ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (id < ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (id > ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }
}
