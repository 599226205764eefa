namespace Sheaf.Learning.Selection;

/// <summary>
/// The first of all shards' devices in an order, without asking every shard for as many: first each is asked for its share and a little
/// more, and then only those for the rest that might have more of the first.
/// </summary>
/// <param name="count">How many, at least 1.</param>
/// <param name="shards">How many shards there are.</param>
/// <param name="rankOf">A device's place in the order.</param>
internal sealed class FirstOfShards(int count, int shards, Func<OortEntry, OortRank> rankOf)
{
    private const int Slack = 4;

    private readonly OortEntry[][] _answers = new OortEntry[shards][];

    // A shard's share of the first varies like a binomial: four standard deviations are rarely not enough.
    private readonly int _share = (int)Math.Min(count, (count / shards) + (Slack * Math.Ceiling(Math.Sqrt((double)count / shards))) + Slack);

    /// <summary>How many are looked for.</summary>
    public int Count => count;

    /// <summary>How many of its first devices each shard is asked for at the start.</summary>
    public int Share => _share;

    /// <summary>Takes a shard's answer.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="entries">Its first devices, in the order.</param>
    public void Answer(int shard, ReadOnlySpan<OortEntry> entries) => _answers[shard] = entries.ToArray();

    /// <summary>The shards that have to be asked again, for <see cref="Count"/> devices, once all have answered.</summary>
    /// <returns>None when the first are known.</returns>
    public int[] Unsettled()
    {
        if (_share == count)
        {
            return [];
        }

        var known = Sorted();
        return [.. Enumerable.Range(0, shards).Where(shard =>
            _answers[shard].Length == _share && (known.Length < count || rankOf(_answers[shard][^1]).CompareTo(rankOf(known[count - 1].Entry)) < 0))];
    }

    /// <summary>The first devices, with their shards.</summary>
    /// <returns>In the order; fewer than asked for when there are fewer.</returns>
    public (int Shard, OortEntry Entry)[] First() => [.. Sorted().Take(count)];

    private (int Shard, OortEntry Entry)[] Sorted() =>
        [.. _answers.SelectMany((entries, shard) => entries.Select(entry => (shard, entry))).OrderBy(each => rankOf(each.entry))];
}
