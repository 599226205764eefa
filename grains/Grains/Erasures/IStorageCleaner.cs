using System.Collections.Immutable;
using Sheaf.Abstractions;

namespace Sheaf.Grains.Erasures;

/// <summary>Takes what was deleted out of the files of the grains' storage. Thread-safe.</summary>
public interface IStorageCleaner
{
    /// <summary>
    /// Takes texts that were deleted out of the files that the storage writes, where that can be done without rewriting all of them; otherwise they
    /// stay until <see cref="RewriteAsync"/>. Callers that come together share the work.
    /// </summary>
    /// <param name="texts">The texts; null when nobody knows them any more, so that the files are rewritten.</param>
    /// <returns>When it is done for everything that was deleted before the call.</returns>
    /// <exception cref="StorageFailedException">The files could not be written.</exception>
    Task CleanAsync(IReadOnlyCollection<string>? texts);

    /// <summary>Rewrites all files.</summary>
    /// <returns>What was done.</returns>
    /// <exception cref="StorageFailedException">The files could not be rewritten.</exception>
    Task<RewrittenStorage> RewriteAsync();
}

/// <summary>What rewriting the storage's files came to.</summary>
/// <param name="BytesBefore">Their size before.</param>
/// <param name="BytesAfter">Their size after.</param>
/// <param name="OutOfReach">What may still hold what was deleted and could not be rewritten, each with its remedy.</param>
public sealed record RewrittenStorage(long BytesBefore, long BytesAfter, ImmutableArray<string> OutOfReach);
