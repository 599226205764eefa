using Sheaf.Learning.Rounds;

namespace Sheaf.Learning.Tests.Rounds;

/// <content>What must always hold.</content>
internal sealed partial class RoundWorld
{
    private void CheckCollected()
    {
        Note("committed");
        var counted = _collected.Values.SelectMany(devices => devices!).Order();
        // Each slice once, each device once, nobody who is erased: exactly the cohort without them.
        Assert.Equal(Enumerable.Range(0, 2 * Ledger.Slices.Length).Except(_erased), counted);
    }

    private void CheckWorld()
    {
        var alive = _silos.Values.Where(silo => silo.Generation == Ledger.GenerationOf(silo.Name)).SelectMany(silo => silo.Sum).ToArray();
        Assert.Equal(alive.Select(held => held.Slice).Distinct(), alive.Select(held => held.Slice));
        Assert.DoesNotContain(alive, held => held.Devices.Any(Ledger.Erased.Contains));
        CheckStored();
        Assert.All(_silos.Values, silo => Assert.True(silo.Generation <= Ledger.GenerationOf(silo.Name), "A silo is ahead of the ledger."));

        // Once every abort and drop has arrived, erases have returned: then nobody may hold what was computed with the device.
        if (_isOrderly && !_network.Any(message => message is WorldMessage.Abort or WorldMessage.Drop))
        {
            Assert.DoesNotContain(_silos.Values.SelectMany(silo => silo.Held), _erased.Contains);
        }
    }

    private void CheckStored()
    {
        foreach (var (sum, slices, devices) in _storage.Current)
        {
            Assert.DoesNotContain(devices, _erased.Contains);
            Assert.All(slices, slice => Assert.Equal(slice.Value, Ledger.Slices[slice.Key].Attempt));
            Assert.True(Ledger.IsCommitting || slices.Keys.ToHashSet().SetEquals(Ledger.DurableIn(sum).Keys));
        }

        // A slice may be in a live sum and in its copy, but in one only of the sums that make up the round.
        var counted = Ledger.Silos.SelectMany(silo => Ledger.MergedOn(silo).Keys).Concat(Ledger.StoredAlone.SelectMany(sum => Ledger.DurableIn(sum).Keys)).ToArray();
        Assert.Equal(counted.Distinct(), counted);
        Assert.Equal(Ledger.Slices.Count(slice => slice.Status is SliceStatus.Merged or SliceStatus.Durable), counted.Length);
    }
}
