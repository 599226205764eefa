using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Rounds;

/// <summary>The sums of a silo for tasks whose rule looks at its inputs one by one: the accepted slices of the round under way, merged only with
/// those of the same input. Thread-safe.</summary>
/// <remarks>
/// Laws: those of <see cref="SiloSums"/>: a slice is in a sum at most once; a merge of an older epoch, round or generation than the one known
/// is refused, so a message that comes late changes nothing.
/// </remarks>
internal sealed class InputSums(SumPool pool)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Merges an accepted slice.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">Which of this silo's sums.</param>
    /// <param name="input">The input that it is a part of.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="attempt">The accepted attempt.</param>
    /// <param name="sum">Its sum; it stays the caller's.</param>
    /// <returns>Whether the slice is now in the sums of that generation.</returns>
    public bool Merge(RoundKey round, int generation, int input, int slice, int attempt, FixedPointSum sum)
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

            if (!entry.Sums.TryGetValue(input, out var merged))
            {
                entry.Sums[input] = merged = pool.Rent(sum.Units.Length, sum.Scale);
            }

            merged.Add(sum);
            return true;
        }
    }

    /// <summary>Throws away all sums of a task that are older than a generation of a round.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">The generation.</param>
    public void Drop(RoundKey round, int generation)
    {
        lock (_lock)
        {
            Open(round, generation);
        }
    }

    /// <summary>Looks at the sums.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="slices">The slices and attempts that they must hold, no more and no less.</param>
    /// <returns>The sums by input, ascending; null when they are not there or hold anything else.</returns>
    public IReadOnlyList<(int Input, FixedPointSum Sum)>? Find(RoundKey round, int generation, IReadOnlyDictionary<int, int> slices)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(round.Task, out var entry)
                && entry.Round == round
                && entry.Generation == generation
                && entry.Slices.Count == slices.Count
                && slices.All(slice => entry.Slices.TryGetValue(slice.Key, out var attempt) && attempt == slice.Value)
                    ? [.. entry.Sums.Select(sum => (sum.Key, sum.Value))]
                    : null;
        }
    }

    /// <summary>Whether nothing of a task is held.</summary>
    /// <param name="task">The task.</param>
    /// <returns>True when there is no sum.</returns>
    public bool IsFree(string task)
    {
        lock (_lock)
        {
            return !_entries.TryGetValue(task, out var entry) || entry.Sums.Count == 0;
        }
    }

    /// <summary>Frees what a round has left behind.</summary>
    /// <param name="round">The round that is over.</param>
    public void Release(RoundKey round)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(round.Task, out var entry) && entry.Round == round)
            {
                entry.Generation = int.MaxValue;
                Clear(entry);
            }
        }
    }

    private Entry? Open(RoundKey round, int generation)
    {
        if (_entries.TryGetValue(round.Task, out var entry))
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

            Clear(entry);
        }

        return _entries[round.Task] = new Entry(round, generation);
    }

    private void Clear(Entry entry)
    {
        foreach (var sum in entry.Sums.Values)
        {
            pool.Return(sum);
        }

        entry.Sums.Clear();
        entry.Slices.Clear();
    }

    private sealed class Entry(RoundKey round, int generation)
    {
        public RoundKey Round => round;

        public int Generation { get; set; } = generation;

        public Dictionary<int, int> Slices { get; } = [];

        public SortedDictionary<int, FixedPointSum> Sums { get; } = [];
    }
}
