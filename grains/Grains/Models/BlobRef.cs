using Sheaf.Abstractions.Models;

namespace Sheaf.Grains.Models;

/// <summary>A stored vector, named by its content.</summary>
/// <param name="Hash">The SHA-256 of its bytes in lower-case hexadecimal.</param>
/// <param name="Length">Its length in bytes.</param>
[GenerateSerializer, Immutable, Alias("sheaf.BlobRef")]
internal sealed record BlobRef([property: Id(0)] string Hash, [property: Id(1)] long Length)
{
    /// <summary>The most bytes of one chunk.</summary>
    public const int ChunkBytesMax = ModelDescription.ChunkBytesMax;

    /// <summary>Its chunks, in order.</summary>
    public IEnumerable<BlobChunk> Chunks =>
        Enumerable.Range(0, (int)((Length + ChunkBytesMax - 1) / ChunkBytesMax)).Select(index => new BlobChunk(Hash, index));
}

/// <summary>One chunk of a blob.</summary>
/// <param name="Hash">The blob.</param>
/// <param name="Index">Which chunk, starting at 0.</param>
[GenerateSerializer, Immutable, Alias("sheaf.BlobChunk")]
internal readonly record struct BlobChunk([property: Id(0)] string Hash, [property: Id(1)] int Index);
