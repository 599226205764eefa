using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage.Grouped;

/// <summary>What is stored of a grain's state.</summary>
/// <param name="Payload">The state, serialised; null when it was cleared.</param>
/// <param name="Version">Raised with every write, from 1.</param>
internal sealed record StoredRow(byte[]? Payload, int Version);

/// <summary>A write of a grain's state.</summary>
/// <param name="Key">The row.</param>
/// <param name="Payload">The state, serialised.</param>
/// <param name="Version">The version that it replaces; null when there must be no row yet.</param>
internal readonly record struct RowWrite(RowKey Key, byte[] Payload, int? Version);

/// <summary>Reads and writes many rows at once. Thread-safe.</summary>
internal interface IRowBatches
{
    /// <summary>How many batches of reads, and how many of writes, are worth sending at once.</summary>
    int Lanes { get; }

    /// <summary>Reads rows.</summary>
    /// <param name="keys">Which ones.</param>
    /// <returns>The rows in the same order, null for those that are not there.</returns>
    /// <exception cref="StorageFailedException">None could be read.</exception>
    Task<StoredRow?[]> ReadAsync(IReadOnlyList<RowKey> keys);

    /// <summary>Writes rows in one transaction.</summary>
    /// <param name="writes">What to write, each row once.</param>
    /// <returns>The new versions in the same order, null for those whose version was not the stored one, which are left as they are.</returns>
    /// <exception cref="StorageFailedException">None is written.</exception>
    Task<int?[]> WriteAsync(IReadOnlyList<RowWrite> writes);
}
