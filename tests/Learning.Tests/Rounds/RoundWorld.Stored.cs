using Sheaf.Learning.Rounds;
using static Sheaf.Learning.Rounds.RoundEvent;

namespace Sheaf.Learning.Tests.Rounds;

/// <content>Sums that are stored, and coordinators that die and are followed by others.</content>
internal sealed partial class RoundWorld
{
    private const int TakeOversMax = 3;

    private readonly WorldStorage _storage = new();
    private readonly HashSet<int> _erased = [];
    private int _takeOvers;

    private void BeginStore()
    {
        if (Ledger.Unstored is { IsEmpty: false } silos)
        {
            var silo = Pick(silos);
            _network.Add(new WorldMessage.Store(new SumKey(silo, Ledger.GenerationOf(silo))));
        }
    }

    private void Store(SumKey sum)
    {
        if (_silos.GetValueOrDefault(sum.Silo) is { } silo && silo.Copy(sum.Generation) is { } copy)
        {
            _network.Add(new WorldMessage.Stored(_storage.Write(sum, copy.Slices, copy.Devices), new SumStored(sum, copy.Slices)));
        }
        else
        {
            _network.Add(new WorldMessage.News(new SiloSumLost(sum.Silo, sum.Generation)));
        }
    }

    private void NoteStored(int copy, SumStored stored)
    {
        var wasComplete = Ledger.IsComplete;
        Happen(stored);
        Assert.Equal(wasComplete || Ledger.IsComplete, Ledger.IsComplete);
        _storage.Note(copy, Ledger);
        // The coordinator may die before it has written its row down.
        if (Next(4) != 0)
        {
            Note("stored");
            _storage.Save(Ledger);
        }
    }

    private void DamageStored()
    {
        // Those that stand alone are rare, and matter most.
        SumKey[] sums = Ledger.StoredAlone is { IsEmpty: false } alone ? [.. alone] : [.. _storage.Current.Select(copy => copy.Sum)];
        if (sums.Length > 0)
        {
            var sum = Pick(sums);
            Note($"stored copy lost {(Ledger.StoredAlone.Contains(sum) ? "alone" : "beside the live sum")}");
            _storage.Damage(sum);
            Happen(new StoredSumLost(sum));
            _storage.Save(Ledger);
        }
    }

    private void TakeOver()
    {
        if (_takeOvers++ >= TakeOversMax)
        {
            return;
        }

        // Whatever the silos hold is of an older epoch, and whatever is under way is refused.
        _network.Clear();
        _collected.Clear();
        foreach (var silo in _silos.Values)
        {
            silo.Retire();
        }

        var erased = Ledger.Erased;
        var resumed = _storage.TakeOver();
        Ledger = resumed ?? RoundLedger.Plan(Ledger.Slices.Select(slice => new PlannedSlice(slice.Silo, slice.Devices)));
        Note(resumed is null ? "taken over anew" : Ledger.StoredAlone.IsEmpty ? "taken over with nothing" : "resumed");
        Assert.All(Ledger.Slices, slice => Assert.True(slice.Status is SliceStatus.Pending or SliceStatus.Durable));
        Assert.True(resumed is null || erased.IsSubsetOf(Ledger.Erased), "An erase was forgotten.");
        Assert.Empty(Ledger.Silos);
        // Erases that waited for the commit of the one before ask again.
        _waitingErases.ForEach(Erase);
        _waitingErases.Clear();
    }
}
