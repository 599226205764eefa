using Sheaf.Learning.Rounds;
using static Sheaf.Learning.Rounds.RoundEvent;

namespace Sheaf.Learning.Tests.Rounds;

/// <summary>
/// A small world around a ledger: coordinators that do what the ledger asks and die, silos that die, a storage that does not, and a network that delays,
/// reorders, duplicates and loses. Every choice comes from a list; when the list is used up, the world is kind and the round must end.
/// </summary>
internal sealed partial class RoundWorld
{
    private const int DeathsMax = 6;

    private readonly uint[] _choices;
    private readonly bool _isOrderly;
    private readonly Dictionary<string, WorldSilo> _silos = [];
    private readonly List<WorldMessage> _network = [];
    private readonly List<int> _waitingErases = [];
    private readonly Dictionary<SumKey, int[]?> _collected = [];
    private int _chosen;
    private int _silosEver;
    private bool _isDone;

    /// <summary>Makes a world.</summary>
    /// <param name="silos">How many silos are alive at any time.</param>
    /// <param name="slices">How many slices the round has.</param>
    /// <param name="isOrderly">Whether aborts and drops always arrive, an abort after the order it stops.</param>
    /// <param name="choices">What happens.</param>
    public RoundWorld(int silos, int slices, bool isOrderly, uint[] choices)
    {
        (_choices, _isOrderly) = (choices, isOrderly);
        for (var i = 0; i < silos; i++)
        {
            StartSilo();
        }

        Ledger = RoundLedger.Plan(Enumerable.Range(0, slices)
            .Select(slice => new PlannedSlice($"silo{slice % silos}", [2 * slice, (2 * slice) + 1])));
    }

    public RoundLedger Ledger { get; private set; }

    /// <summary>How often each kind of thing has happened.</summary>
    public Dictionary<string, int> Seen { get; } = [];

    private bool IsNoisy => _chosen < _choices.Length;

    /// <summary>Runs the round to its commit.</summary>
    public void Run()
    {
        while (IsNoisy && !_isDone)
        {
            Disturb();
            CheckWorld();
        }

        // A kind world needs a handful of steps per slice; after ten times as many it is going round in circles.
        var steps = 100 * Ledger.Slices.Length + (2 * _network.Count);
        while (!_isDone)
        {
            Assert.True(steps-- > 0, $"The round does not end: {string.Join(", ", Ledger.Slices)}");
            BeKind();
            CheckWorld();
        }
    }

    private void Disturb()
    {
        switch (Next(22))
        {
            case 0 or 1 or 2 when Ledger.Pending.Any():
                Dispatch(Pick(Ledger.Pending));
                break;
            case 3 or 4 or 5 or 6 or 7 or 21 when _network.Count > 0:
                Deliver(Next(_network.Count));
                break;
            case 8 when _network.Count > 0 && _network[Next(_network.Count)] is not (WorldMessage.Run or WorldMessage.Stored) and var message:
                _network.Add(message);
                break;
            case 9 when _network.Count > 0:
                Lose(Next(_network.Count));
                break;
            case 10 when _network.Count > 0 && _network[Next(_network.Count)].Timeout is { } late:
                // The coordinator stops waiting; the message is still on its way.
                Happen(late);
                break;
            case 11 when _silosEver < DeathsMax:
                Kill(Pick(_silos.Keys));
                break;
            case 12:
                Erase(Next(2 * Ledger.Slices.Length));
                break;
            case 13 or 14:
                StepCommit(losesAnswer: Next(8) == 0);
                break;
            case 15 or 16 or 17 or 20 when Ledger.Unstored.Length > 0 && !Ledger.IsCommitting:
                BeginStore();
                break;
            case 18 when !Ledger.IsCommitting:
                DamageStored();
                break;
            case 19 when _storage.HasRow || Next(16) == 0:
                TakeOver();
                break;
            default:
                Happen(LateEvents.Choose(Ledger, Next));
                break;
        }
    }

    private void BeKind()
    {
        if (_network.Count > 0)
        {
            Deliver(0);
        }
        else if (Ledger.Pending.Any())
        {
            Dispatch(Ledger.Pending.First());
        }
        else
        {
            StepCommit(losesAnswer: false);
        }
    }

    private void Dispatch(int slice)
    {
        if (Ledger.IsCommitting)
        {
            return;
        }

        var (devices, silo, attempt, _) = Ledger.Slices[slice];
        Happen(new SliceDispatched(slice, attempt));
        _network.Add(new WorldMessage.Run(slice, attempt, silo, [.. devices.Where(device => !_erased.Contains(device))]));
    }

    private void Deliver(int index)
    {
        var message = _network[index];
        _network.RemoveAt(index);
        switch (message)
        {
            case WorldMessage.Run(var slice, var attempt, var name, var devices):
                var home = _silos.TryGetValue(name, out var silo) ? silo : _silos[Pick(_silos.Keys)];
                home.Train(slice, attempt, devices);
                _network.Add(new WorldMessage.News(new SliceSealed(slice, attempt, home.Name)));
                break;
            case WorldMessage.Merge(var slice, var attempt, var generation):
                // Without a holder the call wakes an empty activation, which says that the sum is gone.
                var isMerged = HolderOf(slice, attempt)?.Merge(slice, attempt, generation) ?? false;
                Note(isMerged ? "merged" : "merge refused");
                _network.Add(new WorldMessage.News(isMerged ? new SliceMerged(slice, attempt) : new SliceLost(slice, attempt)));
                break;
            case WorldMessage.Abort(var slice, var attempt):
                DeliverOrderOf(slice, attempt);
                HolderOf(slice, attempt)?.Abort(slice, attempt);
                break;
            case WorldMessage.Drop(var name, var generation):
                _silos.GetValueOrDefault(name)?.Drop(generation);
                break;
            case WorldMessage.Store(var sum):
                Store(sum);
                break;
            case WorldMessage.Stored(var copy, var stored):
                NoteStored(copy, stored);
                break;
            case WorldMessage.News(var happened):
                Happen(happened);
                break;
        }
    }

    private void DeliverOrderOf(int slice, int attempt)
    {
        var order = _network.FindIndex(message => message is WorldMessage.Run run && (run.Slice, run.Attempt) == (slice, attempt));
        if (_isOrderly && order >= 0)
        {
            Deliver(order);
        }
    }

    private void Lose(int index)
    {
        var message = _network[index];
        if (message.Timeout is null && _isOrderly)
        {
            return;
        }

        Note("lost");
        _network.RemoveAt(index);
        if (message is WorldMessage.Stored(var copy, _))
        {
            _storage.Refuse(copy);
        }

        if (message.Timeout is { } timeout)
        {
            _network.Add(new WorldMessage.News(timeout));
        }
    }

    private void Kill(string name)
    {
        Note("death");
        _silos.Remove(name);
        StartSilo();
    }

    private void StartSilo()
    {
        var name = $"silo{_silosEver++}";
        _silos.Add(name, new WorldSilo(name));
    }

    private void Erase(int device)
    {
        if (Ledger.IsCommitting)
        {
            Note("erase waits");
            _waitingErases.Add(device);
            return;
        }

        Note($"erase while {Ledger.Slices[device / 2].Status}{(Ledger.Erased.Contains(device) ? " again" : "")}");
        _erased.Add(device);
        Happen(new DeviceErased(device));
        _storage.Save(Ledger, onlyAgain: true);
    }

    private void StepCommit(bool losesAnswer)
    {
        if (!Ledger.IsCommitting)
        {
            _collected.Clear();
            Happen(new CommitBegun());
            return;
        }

        SumKey[] sums = [.. Ledger.Silos.Select(silo => new SumKey(silo, Ledger.GenerationOf(silo))), .. Ledger.StoredAlone];
        if (Array.FindIndex(sums, sum => !_collected.ContainsKey(sum)) is >= 0 and var next)
        {
            var (sum, isStored) = (sums[next], next >= Ledger.Silos.Length);
            Note(isStored ? "stored sum collected" : "live sum collected");
            var found = isStored ? _storage.Find(sum, Ledger.DurableIn(sum)) : _silos.GetValueOrDefault(sum.Silo)?.Find(sum.Generation, Ledger.MergedOn(sum.Silo));
            _collected[sum] = losesAnswer ? null : found;
            return;
        }

        var lost = _collected.Where(sum => sum.Value is null).Select(sum => sum.Key).ToArray();
        if (lost.Length == 0)
        {
            CheckCollected();
            _isDone = true;
            return;
        }

        Note("retracted");
        var alone = Ledger.StoredAlone;
        Happen(new CommitRetracted());
        foreach (var sum in lost)
        {
            Happen(alone.Contains(sum) ? new StoredSumLost(sum) : new SiloSumLost(sum.Silo, sum.Generation));
        }

        _waitingErases.ForEach(Erase);
        _waitingErases.Clear();
    }

    private void Happen(RoundEvent happened)
    {
        var before = Ledger;
        Ledger = before.Apply(happened, out var effects);
        LedgerLaws.Check(before, happened, Ledger, effects);
        foreach (var effect in effects)
        {
            if (effect is RoundEffect.DeleteStored(var stored))
            {
                _storage.Forget(stored);
                _storage.Save(Ledger, onlyAgain: true);
                continue;
            }

            _network.Add(effect switch
            {
                RoundEffect.Merge(var slice, var attempt, var generation) => new WorldMessage.Merge(slice, attempt, generation),
                RoundEffect.Abort(var slice, var attempt) => new WorldMessage.Abort(slice, attempt),
                RoundEffect.DropSiloSum(var silo, var generation) => new WorldMessage.Drop(silo, generation),
                _ => throw new InvalidOperationException($"{effect}"),
            });
        }
    }

    private WorldSilo? HolderOf(int slice, int attempt) => _silos.Values.SingleOrDefault(silo => silo.Holds(slice, attempt));

    private T Pick<T>(IEnumerable<T> items) => items.ElementAt(Next(items.Count()));

    private int Next(int count) => IsNoisy ? (int)(_choices[_chosen++] % (uint)count) : 0;

    private void Note(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}
