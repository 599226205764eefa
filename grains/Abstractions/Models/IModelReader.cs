using Orleans.Concurrency;
using Sheaf.Abstractions.Security;

namespace Sheaf.Abstractions.Models;

/// <summary>Reads the stored checkpoints of a task. Key: the task's name.</summary>
[Alias("sheaf.IModelReader")]
public interface IModelReader : IGrainWithStringKey
{
    /// <summary>Reads a chunk of a checkpoint that <see cref="ModelDescription"/> describes. Whoever reads checks the whole against its hash.</summary>
    /// <param name="checkpoint">The checkpoint's SHA-256.</param>
    /// <param name="index">Which chunk, in [0, <see cref="ModelDescription.Chunks"/>).</param>
    /// <returns>Its bytes, at most <see cref="ModelDescription.ChunkBytesMax"/>.</returns>
    /// <exception cref="InvalidOperationException">It is not stored; a task that runs on keeps its last two checkpoints only.</exception>
    [Alias("ReadChunk"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<Immutable<byte[]>> ReadChunkAsync(string checkpoint, int index);
}
