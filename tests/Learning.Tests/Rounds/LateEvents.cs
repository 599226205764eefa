using System.Collections.Immutable;
using Sheaf.Learning.Rounds;
using static Sheaf.Learning.Rounds.RoundEvent;

namespace Sheaf.Learning.Tests.Rounds;

/// <summary>Events that come too late, or once more, and must mean nothing.</summary>
internal static class LateEvents
{
    /// <summary>Makes one up.</summary>
    /// <param name="ledger">The ledger that it comes too late for.</param>
    /// <param name="next">Chooses a number below a bound.</param>
    public static RoundEvent Choose(RoundLedger ledger, Func<int, int> next)
    {
        var slice = next(ledger.Slices.Length);
        // While the commit is under way, news of the attempts that count comes too late as well.
        var (age, device) = (ledger.IsCommitting ? 0 : 1 + next(2), next(2 * ledger.Slices.Length));
        var (attempt, silo) = (ledger.Slices[slice].Attempt - age, ledger.Slices[slice].Silo);
        return next(9) switch
        {
            0 => new SliceDispatched(slice, attempt),
            1 => new SliceSealed(slice, attempt, silo),
            2 => new SliceMerged(slice, attempt),
            3 => new SliceLost(slice, attempt),
            4 => new SiloSumLost(silo, ledger.GenerationOf(silo) - age),
            7 => new SumStored(new SumKey(silo, ledger.GenerationOf(silo)), ImmutableDictionary<int, int>.Empty.Add(slice, attempt)),
            8 => new StoredSumLost(new SumKey(silo, ledger.GenerationOf(silo) + (ledger.IsCommitting ? 0 : 1))),
            5 when ledger.IsCommitting => new DeviceErased(device),
            6 when ledger.Slices[slice].Status != SliceStatus.Pending => new SliceDispatched(slice, ledger.Slices[slice].Attempt),
            _ when ledger.IsCommitting => new CommitBegun(),
            _ => new CommitRetracted(),
        };
    }
}
