namespace Sheaf.Learning.Selection;

/// <summary>A device that has taken part, where its shard has it.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Shard">Its shard.</param>
/// <param name="Index">Its index in the shard.</param>
/// <param name="Report">What it reported last.</param>
/// <param name="IsEligible">Whether it may be selected, from <see cref="OortShard.EligibleExplored"/>.</param>
public readonly record struct OortKnown(ulong Position, int Shard, int Index, OortReport Report, bool IsEligible);

/// <summary>What one shard is asked in a draw of Oort: <see cref="OortShard.First"/>.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="IsFloor">In which order.</param>
/// <param name="Count">How many devices.</param>
public sealed record OortQuery(int Shard, bool IsFloor, int Count);

/// <summary>
/// The coordinator's side of a draw of Oort over a population that is cut into shards. What devices reported is known here; of those that
/// have never taken part, who may be a million, only the few travel that could be drawn.
/// </summary>
/// <remarks>
/// <para>Whoever holds the shards drives it: <c>draw.Count(known devices, every shard's unexplored)</c>, then
/// <c>while (draw.Queries.Count &gt; 0) foreach (var q in draw.Queries) draw.Answer(q, shards[q.Shard].First(q.IsFloor, q.Count));</c></para>
/// <para>Law: the cohort is that of <see cref="OortSelector.Select"/> over all devices, however the population is cut.</para>
/// </remarks>
public sealed class OortDraw
{
    private readonly OortSelector _selector;
    private readonly OortPacer _pacer;
    private readonly OortStream _stream;
    private readonly List<OortCandidate> _candidates = [];
    private readonly List<(int Shard, int Index)> _places = [];
    private readonly Dictionary<(int Shard, int Index), int> _known = [];
    private readonly HashSet<int> _eligible = [];
    private int _shards;
    private long _unexplored;
    private int _size;
    private int[] _floored = [];
    private FirstOfShards? _first;
    private HashSet<int> _open = [];
    private bool _isFloor;
    private bool _isAskedAgain;
    private CohortMember[]? _cohort;

    /// <summary>Begins a draw.</summary>
    /// <param name="spec">The constants.</param>
    /// <param name="pacer">The pacer after the rounds before.</param>
    /// <param name="active">How many devices could be selected: have activity, are there, and do not rest.</param>
    /// <param name="round">The round, starting at 1.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <exception cref="ArgumentException">The constants have mistakes; the message names all of them.</exception>
    public OortDraw(OortSpec spec, OortPacer pacer, long active, int round, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(pacer);
        ArgumentOutOfRangeException.ThrowIfLessThan(round, 1);
        (_selector, _pacer, _stream) = (new OortSelector(spec), pacer, new OortStream(seed, round));
        Cap = _selector.CapOf(active);
    }

    /// <summary>The cap that holds.</summary>
    public double Cap { get; }

    /// <summary>What the shards are to answer now; empty when the cohort is known. At most one query per shard.</summary>
    public IReadOnlyList<OortQuery> Queries { get; private set; } = [];

    /// <summary>The cohort, once <see cref="Queries"/> is empty: the floor's devices, those exploited, those explored, each in the order of its draw.
    /// Inclusion probabilities are not known and given as 1.</summary>
    /// <exception cref="InvalidOperationException">There are queries left to answer.</exception>
    public IReadOnlyList<CohortMember> Cohort => _cohort
        ?? throw new InvalidOperationException($"The draw is not complete: count the devices, and answer its {Queries.Count} queries first.");

    /// <summary>Takes in who may be selected.</summary>
    /// <param name="known">All devices that have taken part, in any order.</param>
    /// <param name="unexplored">Every shard's <see cref="OortShard.Unexplored"/>.</param>
    public void Count(IEnumerable<OortKnown> known, IReadOnlyCollection<int> unexplored)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(unexplored);
        foreach (var device in known)
        {
            _known.Add((device.Shard, device.Index), _candidates.Count);
            // Of what has taken part the activity says only whether it is a candidate.
            var at = Add(device.Shard, device.Index, new OortCandidate(device.Position, device.IsEligible ? 1 : 0, device.Report));
            if (device.IsEligible)
            {
                _eligible.Add(at);
            }
        }

        (_shards, _unexplored) = (unexplored.Count, unexplored.Sum(count => (long)count));
        _size = _selector.PlacesOf(_eligible.Count + _unexplored);
        var floored = _selector.FlooredOf(_eligible.Count + _unexplored);
        if (floored > 0)
        {
            Ask(isFloor: true, floored);
        }
        else
        {
            AskForWindow();
        }
    }

    /// <summary>Takes one shard's answer; the last one of a batch makes the next batch of <see cref="Queries"/>.</summary>
    /// <param name="query">The query that is answered, one of <see cref="Queries"/>.</param>
    /// <param name="entries">The shard's answer.</param>
    /// <exception cref="ArgumentException">The query is not open, or more is answered than was asked for.</exception>
    public void Answer(OortQuery query, ReadOnlySpan<OortEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (entries.Length > query.Count || !_open.Remove(query.Shard))
        {
            throw new ArgumentException(
                $"Shard {query.Shard} answers with {entries.Length} devices: answer every open query once, with at most {query.Count}.", nameof(entries));
        }

        _first!.Answer(query.Shard, entries);
        if (_open.Count > 0)
        {
            return;
        }

        var unsettled = _isAskedAgain ? [] : _first.Unsettled();
        if (unsettled.Length > 0)
        {
            _isAskedAgain = true;
            Open(unsettled, _first.Count);
        }
        else if (_isFloor)
        {
            _floored = [.. _first.First().Select(each => _known.TryGetValue((each.Shard, each.Entry.Index), out var at) ? at : AddUnexplored(each))];
            AskForWindow();
        }
        else
        {
            // Those whom the floor has drawn may be among the largest, too.
            var drawn = _floored.Select(at => _places[at]).ToHashSet();
            Complete([.. _first.First().Where(each => !drawn.Contains((each.Shard, each.Entry.Index))).Select(AddUnexplored)]);
        }
    }

    private void AskForWindow()
    {
        var flooredUnexplored = _floored.Count(at => _candidates[at].Last is null);
        var places = _size - _floored.Length;
        var unexplored = _unexplored - flooredUnexplored;
        var known = _eligible.Count - (_floored.Length - flooredUnexplored);
        var explored = (int)Math.Min(unexplored, places - _selector.ExploitedOf(known, unexplored, places, _stream.Round));
        if (explored > 0)
        {
            Ask(isFloor: false, _selector.WindowOf(unexplored, explored) + flooredUnexplored);
        }
        else
        {
            Complete([]);
        }
    }

    private void Complete(int[] window)
    {
        var flooredUnexplored = _floored.Count(at => _candidates[at].Last is null);
        int[] left = [.. _eligible.Except(_floored), .. window];
        var cohort = _selector.Complete(_candidates, _floored, left, _unexplored - flooredUnexplored, _size, _pacer, _stream);
        _cohort = [.. cohort.All.Select(at => new CohortMember(_candidates[at].Position, _places[at].Shard, _places[at].Index, 1, 1))];
        Queries = [];
    }

    private void Ask(bool isFloor, int count)
    {
        (_isFloor, _isAskedAgain) = (isFloor, false);
        _first = new FirstOfShards(count, _shards, entry => _selector.RankOf(_stream, isFloor, entry));
        Open(Enumerable.Range(0, _shards), _first.Share);
    }

    private void Open(IEnumerable<int> shards, int count)
    {
        _open = [.. shards];
        Queries = [.. _open.Select(shard => new OortQuery(shard, _isFloor, count))];
    }

    private int AddUnexplored((int Shard, OortEntry Entry) each) =>
        Add(each.Shard, each.Entry.Index, new OortCandidate(each.Entry.Position, each.Entry.Activity, null));

    private int Add(int shard, int index, OortCandidate candidate)
    {
        _candidates.Add(candidate);
        _places.Add((shard, index));
        return _candidates.Count - 1;
    }
}
