using System.Collections.Immutable;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Rounds;

/// <summary>The sums of a silo, one per task: the accepted slices of the round under way, merged. Thread-safe.</summary>
/// <remarks>
/// Laws: a slice is in a sum at most once; a merge of an older epoch, round or generation than the one known is refused, so a message
/// that comes late changes nothing.
/// </remarks>
internal sealed class SiloSums(SumPool pool)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _sums = new(StringComparer.Ordinal);

    /// <summary>Merges an accepted slice.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">Which of this silo's sums.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="attempt">The accepted attempt.</param>
    /// <param name="sum">Its sum; it stays the caller's.</param>
    /// <returns>Whether the slice is now in the sum of that generation.</returns>
    public bool Merge(RoundKey round, int generation, int slice, int attempt, FixedPointSum sum)
    {
        lock (_lock)
        {
            if (Open(round, generation) is not { } entry)
            {
                return false;
            }

            if (!entry.Slices.TryAdd(slice, attempt))
            {
                return entry.Slices[slice] == attempt;
            }

            entry.Sum ??= pool.Rent(sum.Units.Length, sum.Scale);
            entry.Sum.Add(sum);
            return true;
        }
    }

    /// <summary>Throws away every sum of a task that is older than a generation of a round.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">The generation.</param>
    public void Drop(RoundKey round, int generation)
    {
        lock (_lock)
        {
            Open(round, generation);
        }
    }

    /// <summary>Looks at a sum.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="slices">The slices and attempts that it must hold, no more and no less.</param>
    /// <returns>The sum, or null when it is not there or holds anything else.</returns>
    public FixedPointSum? Find(RoundKey round, int generation, IReadOnlyDictionary<int, int> slices)
    {
        lock (_lock)
        {
            return Known(round, generation) is { } entry
                && entry.Slices.Count == slices.Count
                && slices.All(slice => entry.Slices.TryGetValue(slice.Key, out var attempt) && attempt == slice.Value)
                    ? entry.Sum
                    : null;
        }
    }

    /// <summary>Copies a sum as it is now.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">The generation.</param>
    /// <returns>A copy, to be returned to the pool, and the slices that it holds with their attempts; null when nothing of that generation is there.</returns>
    public (FixedPointSum Sum, ImmutableDictionary<int, int> Slices)? Copy(RoundKey round, int generation)
    {
        lock (_lock)
        {
            if (Known(round, generation)?.Sum is not { } sum)
            {
                return null;
            }

            var copy = pool.Rent(sum.Units.Length, sum.Scale);
            copy.Add(sum);
            return (copy, _sums[round.Task].Slices.ToImmutableDictionary());
        }
    }

    /// <summary>Whether a generation is the one that is collected.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">The generation.</param>
    /// <returns>False when it was dropped, the round was released, or nothing is known of it.</returns>
    public bool IsCollected(RoundKey round, int generation)
    {
        lock (_lock)
        {
            return Known(round, generation) is not null;
        }
    }

    /// <summary>Frees what a round has left behind.</summary>
    /// <param name="round">The round that is over.</param>
    public void Release(RoundKey round)
    {
        lock (_lock)
        {
            if (_sums.TryGetValue(round.Task, out var entry) && entry.Round == round)
            {
                pool.Return(entry.Sum);
                (entry.Sum, entry.Generation) = (null, int.MaxValue);
                entry.Slices.Clear();
            }
        }
    }

    private Entry? Known(RoundKey round, int generation) =>
        _sums.TryGetValue(round.Task, out var entry) && entry.Round == round && entry.Generation == generation ? entry : null;

    private Entry? Open(RoundKey round, int generation)
    {
        if (_sums.TryGetValue(round.Task, out var entry))
        {
            var known = (entry.Round.Epoch, entry.Round.Round, entry.Generation);
            var asked = (round.Epoch, round.Round, generation);
            if (asked.CompareTo(known) < 0)
            {
                return null;
            }

            if (asked == known)
            {
                return entry;
            }

            pool.Return(entry.Sum);
        }

        return _sums[round.Task] = new Entry(round, generation);
    }

    private sealed class Entry(RoundKey round, int generation)
    {
        public RoundKey Round => round;

        public int Generation { get; set; } = generation;

        public Dictionary<int, int> Slices { get; } = [];

        public FixedPointSum? Sum { get; set; }
    }
}
