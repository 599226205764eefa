using Sheaf.Learning.Rounds;
using static Sheaf.Learning.Rounds.RoundEvent;

namespace Sheaf.Learning.Tests.Rounds;

/// <summary>
/// A small world around a ledger: a coordinator that does what the ledger asks, silos that die, and a network that delays, reorders,
/// duplicates and loses. Every choice comes from a list; when the list is used up, the world is kind and the round must end.
/// </summary>
internal sealed class RoundWorld
{
    private const int DeathsMax = 6;

    private readonly uint[] _choices;
    private readonly bool _isOrderly;
    private readonly Dictionary<string, WorldSilo> _silos = [];
    private readonly List<WorldMessage> _network = [];
    private readonly List<int> _waitingErases = [];
    private readonly Dictionary<string, int[]?> _collected = [];
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
        switch (Next(16))
        {
            case 0 or 1 or 2 when Ledger.Pending.Any():
                Dispatch(Pick(Ledger.Pending));
                break;
            case 3 or 4 or 5 or 6 or 7 when _network.Count > 0:
                Deliver(Next(_network.Count));
                break;
            case 8 when _network.Count > 0 && _network[Next(_network.Count)] is not WorldMessage.Run and var message:
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
        _network.Add(new WorldMessage.Run(slice, attempt, silo, [.. devices.Where(device => !Ledger.Erased.Contains(device))]));
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
        Happen(new DeviceErased(device));
    }

    private void StepCommit(bool losesAnswer)
    {
        if (!Ledger.IsCommitting)
        {
            _collected.Clear();
            Happen(new CommitBegun());
            return;
        }

        if (Ledger.Silos.FirstOrDefault(silo => !_collected.ContainsKey(silo)) is { } next)
        {
            var found = _silos.GetValueOrDefault(next)?.Find(Ledger.GenerationOf(next), Ledger.MergedOn(next));
            _collected[next] = losesAnswer ? null : found;
            return;
        }

        var lost = _collected.Where(silo => silo.Value is null).Select(silo => silo.Key).ToArray();
        if (lost.Length == 0)
        {
            CheckCollected();
            _isDone = true;
            return;
        }

        Note("retracted");
        Happen(new CommitRetracted());
        foreach (var silo in lost)
        {
            Happen(new SiloSumLost(silo, Ledger.GenerationOf(silo)));
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
            _network.Add(effect switch
            {
                RoundEffect.Merge(var slice, var attempt, var generation) => new WorldMessage.Merge(slice, attempt, generation),
                RoundEffect.Abort(var slice, var attempt) => new WorldMessage.Abort(slice, attempt),
                RoundEffect.DropSiloSum(var silo, var generation) => new WorldMessage.Drop(silo, generation),
                _ => throw new InvalidOperationException($"{effect}"),
            });
        }
    }

    private void CheckCollected()
    {
        Note("committed");
        var counted = _collected.Values.SelectMany(devices => devices!).Order();
        // Each slice once, each device once, nobody who is erased: exactly the cohort without them.
        Assert.Equal(Enumerable.Range(0, 2 * Ledger.Slices.Length).Except(Ledger.Erased), counted);
        var slices = Ledger.Silos.SelectMany(silo => _silos.GetValueOrDefault(silo)?.Sum.Select(held => held.Slice) ?? []).ToArray();
        Assert.Equal(slices.Distinct(), slices);
    }

    private void CheckWorld()
    {
        var alive = _silos.Values.Where(silo => silo.Generation == Ledger.GenerationOf(silo.Name)).SelectMany(silo => silo.Sum).ToArray();
        Assert.Equal(alive.Select(held => held.Slice).Distinct(), alive.Select(held => held.Slice));
        Assert.DoesNotContain(alive, held => held.Devices.Any(Ledger.Erased.Contains));
        Assert.All(_silos.Values, silo => Assert.True(silo.Generation <= Ledger.GenerationOf(silo.Name), "A silo is ahead of the ledger."));

        // Once every abort and drop has arrived, erases have returned: then nobody may hold what was computed with the device.
        if (_isOrderly && !_network.Any(message => message is WorldMessage.Abort or WorldMessage.Drop))
        {
            Assert.DoesNotContain(_silos.Values.SelectMany(silo => silo.Held), Ledger.Erased.Contains);
        }
    }

    private WorldSilo? HolderOf(int slice, int attempt) => _silos.Values.SingleOrDefault(silo => silo.Holds(slice, attempt));

    private T Pick<T>(IEnumerable<T> items) => items.ElementAt(Next(items.Count()));

    private int Next(int count) => IsNoisy ? (int)(_choices[_chosen++] % (uint)count) : 0;

    private void Note(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}
