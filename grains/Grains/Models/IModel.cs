using Orleans.Concurrency;

namespace Sheaf.Grains.Models;

/// <summary>The checkpoints of one task, cut into chunks and named by content. Key: the task. Silos cache what they read.</summary>
[Alias("sheaf.IModel")]
internal interface IModel : IGrainWithStringKey
{
    /// <summary>Stores a chunk. Idempotent: a chunk is named by its content and never changes.</summary>
    /// <param name="chunk">Which one.</param>
    /// <param name="bytes">Its bytes, at most <see cref="BlobRef.ChunkBytesMax"/>.</param>
    /// <returns>When it is stored.</returns>
    [Alias("PutChunk"), AlwaysInterleave]
    Task PutChunkAsync(BlobChunk chunk, Immutable<byte[]> bytes);

    /// <summary>Reads a chunk.</summary>
    /// <param name="chunk">Which one.</param>
    /// <returns>Its bytes.</returns>
    /// <exception cref="InvalidOperationException">It is not stored.</exception>
    [Alias("GetChunk"), AlwaysInterleave]
    Task<Immutable<byte[]>> GetChunkAsync(BlobChunk chunk);

    /// <summary>Removes a blob that is no longer needed. Idempotent.</summary>
    /// <param name="blob">The blob.</param>
    /// <returns>When its chunks are gone.</returns>
    [Alias("Remove"), AlwaysInterleave]
    Task RemoveAsync(BlobRef blob);
}
