namespace Sheaf.Grains.Training;

/// <summary>
/// Work that waits for a lane, shared out among those it is for: each gets the same time, however much it asks for at once. Start-time fair
/// queueing (Goyal, Vin and Cheng, SIGCOMM 1996, with equal weights) where what a piece costs is known only when it is done. Not thread-safe.
/// </summary>
/// <typeparam name="T">A piece of work.</typeparam>
/// <remarks>Laws: pieces of one owner keep their order; of two owners that always have something waiting, neither gets ahead of the other by more than what
/// is being worked on; whoever had nothing waiting has saved nothing up.</remarks>
internal sealed class FairQueue<T>
{
    private readonly Dictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private TimeSpan _now;
    private long _arrivals;

    /// <summary>How many pieces wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a piece.</summary>
    /// <param name="owner">Whom it is for.</param>
    /// <param name="piece">The piece.</param>
    public void Enqueue(string owner, T piece)
    {
        if (!_owners.TryGetValue(owner, out var waiting))
        {
            _owners[owner] = waiting = new Owner { Used = _now };
        }

        if (waiting.Pieces.Count == 0)
        {
            waiting.Used = waiting.Used > _now ? waiting.Used : _now;
        }

        waiting.Pieces.Enqueue((piece, _arrivals++));
        Count++;
    }

    /// <summary>Takes the next piece: of whoever has had the least time, the one that came first.</summary>
    /// <param name="owner">Whom it is for.</param>
    /// <param name="piece">The piece.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryDequeue(out string owner, out T piece)
    {
        (owner, piece) = ("", default!);
        if (Count == 0)
        {
            return false;
        }

        var next = _owners.Where(each => each.Value.Pieces.Count > 0).MinBy(each => (each.Value.Used, each.Value.Pieces.Peek().Arrival));
        (owner, piece) = (next.Key, next.Value.Pieces.Dequeue().Piece);
        next.Value.Running++;
        _now = next.Value.Used;
        Count--;
        return true;
    }

    /// <summary>Says what a piece has cost.</summary>
    /// <param name="owner">Whom it was for.</param>
    /// <param name="time">The time it took.</param>
    public void Charge(string owner, TimeSpan time)
    {
        var charged = _owners[owner];
        charged.Used += time;
        charged.Running--;
        // Who has nothing under way and is not ahead of the others is forgotten: there may be many tasks in a silo's life.
        foreach (var (idle, _) in _owners.Where(each => each.Value is { Pieces.Count: 0, Running: 0 } && each.Value.Used <= _now).ToArray())
        {
            _owners.Remove(idle);
        }
    }

    private sealed class Owner
    {
        public Queue<(T Piece, long Arrival)> Pieces { get; } = [];

        public TimeSpan Used { get; set; }

        public int Running { get; set; }
    }
}
