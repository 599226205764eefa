using System.Collections.Immutable;
using Sheaf.Learning.Rounds;

namespace Sheaf.Learning.Tests.Rounds;

/// <summary>
/// The storage of a <see cref="RoundWorld"/>, which outlives silos and coordinators: copies of sums, each under a number of its own, and the row that
/// says with which of them a coordinator that takes over goes on.
/// </summary>
internal sealed class WorldStorage
{
    private readonly Dictionary<int, (SumKey Sum, ImmutableDictionary<int, int> Slices, int[] Devices)> _copies = [];
    private readonly Dictionary<SumKey, int> _current = [];
    private readonly HashSet<int> _obsolete = [];
    private int _copiesEver;
    private (ImmutableArray<SliceEntry> Slices, ImmutableDictionary<string, int> Generations, ImmutableHashSet<int> Erased, Dictionary<SumKey, int> Current)? _row;

    /// <summary>Everything that is in the sums that the coordinator counts as stored.</summary>
    public IEnumerable<(SumKey Sum, ImmutableDictionary<int, int> Slices, int[] Devices)> Current =>
        _current.Values.Where(_copies.ContainsKey).Select(copy => _copies[copy]);

    /// <summary>Everything that is stored, named or not.</summary>
    public IEnumerable<int> Held => _copies.Values.SelectMany(copy => copy.Devices);

    public bool HasRow => _row is not null;

    public int Write(SumKey sum, ImmutableDictionary<int, int> slices, int[] devices)
    {
        _copies.Add(++_copiesEver, (sum, slices, devices));
        return _copiesEver;
    }

    /// <summary>Takes note of a copy, which counts if the ledger says that exactly this is durable.</summary>
    public void Note(int copy, RoundLedger ledger)
    {
        var held = _copies[copy];
        var durable = ledger.DurableIn(held.Sum);
        if (!ledger.IsCommitting && durable.Count == held.Slices.Count && durable.All(held.Slices.Contains))
        {
            Forget(held.Sum);
            _current[held.Sum] = copy;
        }
        else
        {
            _obsolete.Add(copy);
        }
    }

    /// <summary>Takes note that nobody will hear of a copy.</summary>
    public void Refuse(int copy) => _obsolete.Add(copy);

    public void Forget(SumKey sum)
    {
        if (_current.Remove(sum, out var copy))
        {
            _obsolete.Add(copy);
        }
    }

    /// <summary>Damages one of the copies.</summary>
    public void Damage(SumKey sum) => _copies.Remove(_current.GetValueOrDefault(sum));

    public int[]? Find(SumKey sum, ImmutableDictionary<int, int> slices) =>
        _current.TryGetValue(sum, out var copy) && _copies.TryGetValue(copy, out var held) && held.Slices.Count == slices.Count && slices.All(held.Slices.Contains)
            ? held.Devices
            : null;

    /// <summary>Writes the row, and deletes what it names no longer. Copies that are on their way stay.</summary>
    public void Save(RoundLedger ledger, bool onlyAgain = false)
    {
        if (onlyAgain && _row is null)
        {
            return;
        }

        _row = (ledger.Slices, ledger.Generations, ledger.Erased, new Dictionary<SumKey, int>(_current));
        Delete(_obsolete);
        _obsolete.Clear();
    }

    /// <summary>What a coordinator that takes over begins with; null when no row was ever written.</summary>
    public RoundLedger? TakeOver()
    {
        _current.Clear();
        foreach (var (sum, copy) in _row?.Current ?? [])
        {
            _current.Add(sum, copy);
        }

        Delete(_copies.Keys.Except(_current.Values));
        _obsolete.Clear();
        return _row is { } row ? RoundLedger.Resume(row.Slices, row.Generations, row.Erased) : null;
    }

    private void Delete(IEnumerable<int> copies)
    {
        foreach (var copy in copies.ToArray())
        {
            _copies.Remove(copy);
        }
    }
}
