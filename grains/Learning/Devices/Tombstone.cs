using System.Collections.Immutable;

namespace Sheaf.Learning.Devices;

/// <summary>
/// What never comes in again: for every erasure its scope and its watermark, the highest id that had been handed out when it was made.
/// An example that matches the scope and whose id is at most the watermark is refused for ever; one that arrives later is
/// another example, and welcome.
/// </summary>
/// <remarks>
/// <para>Laws: <see cref="Refuses"/> says yes exactly for what one of the erasures added matches; the order of the erasures, and adding one
/// twice, make no difference, not even to the stored form. It grows with the number of <em>different</em> erasures only: at most two time
/// ranges for each, one entry for a label, and one for each gap between erased ids.</para>
/// <para>The stored form holds no text and no example, but ids, times and the names of erased labels.</para>
/// </remarks>
/// <param name="AllUpTo">Every id up to this one is refused; −1 when everything has never been erased.</param>
/// <param name="Times">Refused time ranges, ascending and apart, each reaching above <paramref name="AllUpTo"/>.</param>
/// <param name="Labels">Refused labels, ascending by ordinal, each reaching above <paramref name="AllUpTo"/>.</param>
/// <param name="Ids">Refused ids above <paramref name="AllUpTo"/>, ascending, with at least one other id between two ranges.</param>
public sealed record Tombstone(
    long AllUpTo, ImmutableArray<ErasedTimes> Times, ImmutableArray<ErasedLabel> Labels, ImmutableArray<ErasedIds> Ids)
{
    /// <summary>Refuses nothing.</summary>
    public static readonly Tombstone Empty = new(-1, [], [], []);

    /// <summary>Whether an example must not come in.</summary>
    /// <param name="example">The example.</param>
    /// <returns>True when it has been erased.</returns>
    public bool Refuses(ExampleIdentity example)
    {
        if (example.Id <= AllUpTo)
        {
            return true;
        }

        foreach (var times in Times)
        {
            if (example.Id <= times.UpTo && example.Time >= times.Start && example.Time < times.End)
            {
                return true;
            }
        }

        foreach (var label in Labels)
        {
            if (example.Id <= label.UpTo && string.Equals(label.Label, example.Label, StringComparison.Ordinal))
            {
                return true;
            }
        }

        foreach (var ids in Ids)
        {
            if (example.Id >= ids.First && example.Id <= ids.Last)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds an erasure.</summary>
    /// <param name="scope">What was erased.</param>
    /// <param name="upTo">The watermark: the highest id handed out so far, on its way or taken in; −1 when there is none.</param>
    /// <returns>What is refused from now on: never less than before.</returns>
    /// <exception cref="ArgumentException">The scope has mistakes; the message names all of them.</exception>
    public Tombstone Add(EraseScope scope, long upTo)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var problems = string.Join(" ", scope.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException($"This cannot be erased. {problems}", nameof(scope));
        }

        return upTo <= AllUpTo
            ? this
            : scope switch
            {
                EraseAll => Above(upTo),
                EraseTimes times => this with { Times = Overlaid(Times, new ErasedTimes(times.Start.ToUniversalTime(), times.End.ToUniversalTime(), upTo)) },
                EraseLabel label => this with { Labels = With(Labels, new ErasedLabel(label.Label, upTo)) },
                EraseIds ids => this with { Ids = Joined(Ids, ids.Ids.Where(id => id > AllUpTo && id <= upTo)) },
                _ => throw new ArgumentException($"A tombstone does not know the scope {scope.GetType().Name}.", nameof(scope)),
            };
    }

    /// <summary>Whether two tombstones have the same stored form, which is when they refuse the same.</summary>
    /// <param name="other">The other.</param>
    /// <returns>True when all their parts are equal.</returns>
    public bool Equals(Tombstone? other) =>
        other is not null && AllUpTo == other.AllUpTo
        && Times.SequenceEqual(other.Times) && Labels.SequenceEqual(other.Labels) && Ids.SequenceEqual(other.Ids);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(AllUpTo, Times.Length, Labels.Length, Ids.Length);

    // Everything erased up to a watermark swallows whatever does not reach above it.
    private Tombstone Above(long upTo) => new(
        upTo,
        Merged(Times.Where(times => times.UpTo > upTo)),
        [.. Labels.Where(label => label.UpTo > upTo)],
        [.. Ids.Where(ids => ids.Last > upTo).Select(ids => ids with { First = Math.Max(ids.First, upTo + 1) })]);

    private static ImmutableArray<ErasedLabel> With(ImmutableArray<ErasedLabel> labels, ErasedLabel added) =>
    [
        .. labels.Append(added)
            .GroupBy(label => label.Label, (label, same) => new ErasedLabel(label, same.Max(each => each.UpTo)), StringComparer.Ordinal)
            .OrderBy(label => label.Label, StringComparer.Ordinal),
    ];

    /// <summary>The highest watermark at every moment, as ranges apart: the same whichever range came first.</summary>
    private static ImmutableArray<ErasedTimes> Overlaid(ImmutableArray<ErasedTimes> times, ErasedTimes added)
    {
        ErasedTimes[] all = [.. times, added];
        var cuts = all.SelectMany(range => new[] { range.Start, range.End }).Distinct().Order().ToArray();
        return Merged(cuts.Zip(cuts.Skip(1), (start, end) => new ErasedTimes(
                start, end, all.Where(range => range.Start <= start && range.End >= end).Select(range => range.UpTo).DefaultIfEmpty(-1).Max()))
            .Where(range => range.UpTo >= 0));
    }

    private static ImmutableArray<ErasedTimes> Merged(IEnumerable<ErasedTimes> ascending)
    {
        var merged = new List<ErasedTimes>();
        foreach (var range in ascending)
        {
            if (merged.Count > 0 && merged[^1].End == range.Start && merged[^1].UpTo == range.UpTo)
            {
                merged[^1] = merged[^1] with { End = range.End };
            }
            else
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }

    private static ImmutableArray<ErasedIds> Joined(ImmutableArray<ErasedIds> ranges, IEnumerable<long> added)
    {
        var joined = new List<ErasedIds>();
        foreach (var range in ranges.Concat(added.Select(id => new ErasedIds(id, id))).OrderBy(range => range.First))
        {
            if (joined.Count > 0 && range.First - 1 <= joined[^1].Last)
            {
                joined[^1] = joined[^1] with { Last = Math.Max(joined[^1].Last, range.Last) };
            }
            else
            {
                joined.Add(range);
            }
        }

        return [.. joined];
    }
}

/// <summary>A time range that is refused.</summary>
/// <param name="Start">Its start.</param>
/// <param name="End">Its end, not included.</param>
/// <param name="UpTo">The highest id that is refused.</param>
public readonly record struct ErasedTimes(DateTimeOffset Start, DateTimeOffset End, long UpTo);

/// <summary>A label that is refused.</summary>
/// <param name="Label">The label.</param>
/// <param name="UpTo">The highest id that is refused.</param>
public readonly record struct ErasedLabel(string Label, long UpTo);

/// <summary>Ids that are refused.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
public readonly record struct ErasedIds(long First, long Last);
