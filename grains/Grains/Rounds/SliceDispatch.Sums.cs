using System.Collections.Immutable;
using Sheaf.Learning.Rounds;

namespace Sheaf.Grains.Rounds;

/// <content>Sums: those that are stored, and those that are lost.</content>
internal sealed partial class SliceDispatch
{
    private int _sumLosses;

    /// <summary>What is known of a slice: its report, once its attempt has sealed.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>The report; that of an attempt that counts no longer, when another one runs.</returns>
    public SliceReport? ReportOf(int slice) => _reports[slice];

    /// <summary>The stored copies that hold the durable slices.</summary>
    public Dictionary<SumKey, StoredSum> Stored { get; }

    /// <summary>Names under which something may be stored that is of no use any more.</summary>
    public List<StoredName> Unnamed { get; } = [];

    /// <summary>Notes that sums are gone.</summary>
    /// <param name="silos">The silos that have lost theirs.</param>
    /// <param name="stored">The stored copies that are gone or damaged.</param>
    /// <returns>When what they had, and nothing else has, is pending again.</returns>
    /// <exception cref="RoundAbandonedException">It has happened too often.</exception>
    public async Task LoseAsync(IEnumerable<string> silos, IEnumerable<SumKey> stored)
    {
        if (++_sumLosses >= _retry.LossesMax)
        {
            throw new RoundAbandonedException($"sums of silos were lost {_retry.LossesMax} times");
        }

        // Before anything else happens: a generation that is raised in the meantime is not the one that was lost.
        foreach (var lost in silos.Select(silo => new RoundEvent.SiloSumLost(silo, Ledger.GenerationOf(silo))).ToArray())
        {
            var sum = Ledger.MergedOn(lost.Silo).Keys.ToLookup(slice => Ledger.Slices[slice].Status == SliceStatus.Durable);
            LogSumLost(lost.Silo, _template.Key.Round, UpdatesOf(sum[true]), UpdatesOf(sum[false]));
            await ApplyAsync(lost);
        }

        foreach (var sum in stored)
        {
            LogCopyLost(sum.Silo, _template.Key.Round, UpdatesOf(Ledger.DurableIn(sum).Keys));
            await ApplyAsync(new RoundEvent.StoredSumLost(sum));
        }
    }

    /// <summary>How many updates slices have given.</summary>
    /// <param name="slices">Slices that have been sealed.</param>
    /// <returns>The number of devices that trained.</returns>
    public int UpdatesOf(IEnumerable<int> slices) => new RoundTally(slices.Select(slice => _reports[slice]!)).Done;

    /// <summary>Notes how an order to store a sum has ended.</summary>
    /// <param name="name">The name that the order gave.</param>
    /// <param name="stored">The copy; null when there is none, or nobody knows.</param>
    public void NoteStored(StoredName name, StoredSum? stored)
    {
        Ledger = stored is null ? Ledger : Ledger.Apply(new RoundEvent.SumStored(stored.Key, stored.Slices), out _);
        if (stored is null || Ledger.IsCommitting || !AreSame(Ledger.DurableIn(stored.Key), stored.Slices))
        {
            Unnamed.Add(name);
            return;
        }

        Discard(stored.Key);
        Stored.Add(stored.Key, stored);
    }

    private static bool AreSame(ImmutableDictionary<int, int> left, ImmutableDictionary<int, int> right) =>
        left.Count == right.Count && left.All(right.Contains);

    private void Discard(SumKey sum)
    {
        if (Stored.Remove(sum, out var copy))
        {
            Unnamed.Add(copy.Name);
        }
    }
}
