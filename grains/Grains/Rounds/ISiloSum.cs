using System.Collections.Immutable;
using System.Globalization;
using Orleans.Concurrency;

namespace Sheaf.Grains.Rounds;

/// <summary>The window through which the aggregator reads one silo's sum. Key: <see cref="KeyOf"/>; it answers for its own silo only.</summary>
[Alias("sheaf.ISiloSum")]
internal interface ISiloSum : IGrainWithStringKey
{
    /// <summary>The key of a silo's window. A window that opened on the wrong silo is of no use, so every generation has its own.</summary>
    /// <param name="round">The round.</param>
    /// <param name="silo">The silo.</param>
    /// <param name="generation">Which of the silo's sums.</param>
    /// <returns>The key.</returns>
    static string KeyOf(RoundKey round, string silo, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{round.Task}/{round.Epoch}/{round.Round}/{silo}/{generation}");

    /// <summary>Checks that the sum is whole.</summary>
    /// <param name="query">What it must hold.</param>
    /// <returns>Its counts; null when the silo does not have exactly that.</returns>
    [Alias("Open"), AlwaysInterleave]
    Task<SiloSumHeader?> OpenAsync(SiloSumQuery query);

    /// <summary>Reads a part of the sum.</summary>
    /// <param name="query">What it must hold.</param>
    /// <param name="chunk">Which part, starting at 0.</param>
    /// <returns>Its units as bytes; empty when all are zero; null when the silo no longer has the sum.</returns>
    [Alias("ReadChunk"), AlwaysInterleave]
    Task<Immutable<byte[]>?> ReadChunkAsync(SiloSumQuery query, int chunk);

    /// <summary>Stores a copy of the sum as it is now.</summary>
    /// <param name="round">The round.</param>
    /// <param name="silo">The silo, as the ledger names it.</param>
    /// <param name="generation">Which of its sums.</param>
    /// <param name="name">A name that nothing was ever stored under.</param>
    /// <returns>The copy; null when the silo does not have the sum, or not for as long as that takes. Parts of it may be stored then.</returns>
    [Alias("Store"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<StoredSum?> StoreAsync(RoundKey round, string silo, int generation, StoredName name);

    /// <summary>Deletes stored copies, on whatever silo this is. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="names">Their names; nothing need be stored under them.</param>
    /// <param name="chunks">How many chunks a sum of the task has.</param>
    /// <returns>When nothing is stored under the names.</returns>
    [Alias("DeleteStored"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task DeleteStoredAsync(string task, ImmutableArray<StoredName> names, int chunks);

    /// <summary>Throws away sums older than a generation; on another silo than the one meant, nothing. Idempotent.</summary>
    /// <param name="round">The round.</param>
    /// <param name="silo">The silo, as the ledger names it.</param>
    /// <param name="generation">The generation.</param>
    /// <returns>When they are gone.</returns>
    [Alias("Drop"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task DropAsync(RoundKey round, string silo, int generation);

    /// <summary>Ends everything of a task on the silo that is older than an epoch: sums and sessions. Idempotent.</summary>
    /// <param name="round">The round with which the epoch begins.</param>
    /// <param name="silo">The silo; a window on another one does nothing.</param>
    /// <returns>When nothing is held any more.</returns>
    [Alias("Retire"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task RetireAsync(RoundKey round, string silo);

    /// <summary>Frees what the round has left behind. Idempotent.</summary>
    /// <param name="round">The round that is over.</param>
    /// <returns>When it is free.</returns>
    [Alias("Release"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task ReleaseAsync(RoundKey round);
}

/// <summary>Which sum of a silo, and what it must hold.</summary>
/// <param name="Round">The round.</param>
/// <param name="Silo">The silo, as the ledger names it.</param>
/// <param name="Generation">Which of its sums.</param>
/// <param name="Slices">The slices with their attempts.</param>
[GenerateSerializer, Immutable, Alias("sheaf.SiloSumQuery")]
internal sealed record SiloSumQuery(
    [property: Id(0)] RoundKey Round,
    [property: Id(1)] string Silo,
    [property: Id(2)] int Generation,
    [property: Id(3)] ImmutableDictionary<int, int> Slices);

/// <summary>The counts of a silo's sum.</summary>
/// <param name="Updates">How many updates it holds.</param>
/// <param name="WeightUnits">Σ of their weights, in units of 2⁻²⁰.</param>
[GenerateSerializer, Immutable, Alias("sheaf.SiloSumHeader")]
internal sealed record SiloSumHeader([property: Id(0)] int Updates, [property: Id(1)] long WeightUnits);
