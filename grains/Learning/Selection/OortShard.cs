namespace Sheaf.Learning.Selection;

/// <summary>A device that a shard names in a draw of Oort.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Index">Its index in the arrays from which the shard was built.</param>
/// <param name="Activity">How many examples it can train on now.</param>
public readonly record struct OortEntry(ulong Position, int Index, int Activity);

/// <summary>
/// One shard's side of a round of Oort: which of its devices the cap lets be selected, and the first few of them in the two orders that a
/// cohort is made from. Built in O(n); an answer costs O(n · log of what it holds).
/// </summary>
public sealed class OortShard
{
    private readonly OortSelector _selector;
    private readonly OortStream _stream;
    private readonly OortEntry[] _eligible;
    private readonly HashSet<int> _explored;

    /// <summary>Finds who may be selected.</summary>
    /// <param name="candidates">The shard's devices that could be selected in this round: those with activity that are there and do not rest.</param>
    /// <param name="explored">The indices of the shard's devices that have ever taken part, candidates or not.</param>
    /// <param name="spec">The constants.</param>
    /// <param name="cap">The cap that holds, <see cref="OortDraw.Cap"/>.</param>
    /// <param name="round">The round, starting at 1.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <exception cref="ArgumentException">The constants have mistakes; the message names all of them.</exception>
    public OortShard(IReadOnlyCollection<OortEntry> candidates, IEnumerable<int> explored, OortSpec spec, double cap, int round, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        (_selector, _stream, _explored) = (new OortSelector(spec), new OortStream(seed, round), [.. explored]);
        Active = candidates.Count;
        _eligible = [.. candidates.Where(candidate => _stream.Passes(cap, candidate.Position))];
        EligibleExplored = _eligible.Select(candidate => candidate.Index).Where(_explored.Contains).ToHashSet();
    }

    /// <summary>How many devices could be selected, the cap left aside.</summary>
    public int Active { get; }

    /// <summary>Those of the explored devices that may be selected, by index.</summary>
    public IReadOnlySet<int> EligibleExplored { get; }

    /// <summary>How many devices may be selected that have never taken part.</summary>
    public int Unexplored => _eligible.Length - EligibleExplored.Count;

    /// <summary>The first devices in one of the orders.</summary>
    /// <param name="isFloor">Whether in the floor's draw; otherwise among those that have never taken part, the largest first.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>In that order; fewer when there are fewer.</returns>
    public OortEntry[] First(bool isFloor, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var first = new PriorityQueue<OortEntry, OortRank>(Comparer<OortRank>.Create((left, right) => right.CompareTo(left)));
        foreach (var entry in _eligible)
        {
            if (!isFloor && _explored.Contains(entry.Index))
            {
                continue;
            }

            var rank = _selector.RankOf(_stream, isFloor, entry);
            if (first.Count < count)
            {
                first.Enqueue(entry, rank);
            }
            else
            {
                first.EnqueueDequeue(entry, rank);
            }
        }

        var entries = new OortEntry[first.Count];
        for (var i = entries.Length - 1; i >= 0; i--)
        {
            entries[i] = first.Dequeue();
        }

        return entries;
    }
}
