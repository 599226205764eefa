using System.Collections.Immutable;
using Sheaf.Abstractions.Tasks;

namespace Sheaf.Abstractions.Models;

/// <summary>The current checkpoint of a task: what it is, and all that is needed to use it elsewhere.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Task">The task.</param>
/// <param name="Round">How many rounds were over when it became current.</param>
/// <param name="Checkpoint">The SHA-256 of its bytes in lower-case hexadecimal, which is also its name.</param>
/// <param name="Bytes">Its length: its values one after another, as little-endian IEEE 754 singles.</param>
/// <param name="Tensors">Its tensors, in the order of its values and without a gap.</param>
/// <param name="Tokenizer">How texts become its input.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ModelDescription")]
public sealed record ModelDescription(
    [property: Id(0)] string Name,
    [property: Id(1)] TaskSpec Task,
    [property: Id(2)] int Round,
    [property: Id(3)] string Checkpoint,
    [property: Id(4)] long Bytes,
    [property: Id(5)] ImmutableArray<ModelTensor> Tensors,
    [property: Id(6)] TokenizerDescription Tokenizer)
{
    /// <summary>The most bytes of one chunk: small enough that other messages on the connection do not wait for it.</summary>
    public const int ChunkBytesMax = 512 * 1024;

    /// <summary>How many chunks it is read in; all but the last have <see cref="ChunkBytesMax"/> bytes.</summary>
    public int Chunks => (int)((Bytes + ChunkBytesMax - 1) / ChunkBytesMax);
}

/// <summary>One tensor of a checkpoint.</summary>
/// <param name="Name">Its name, unique in the model: <c>embedding.weight</c>.</param>
/// <param name="Shape">Its sizes; values are stored row by row.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ModelTensor")]
public sealed record ModelTensor([property: Id(0)] string Name, [property: Id(1)] ImmutableArray<long> Shape);

/// <summary>How texts become tokens, so that anybody can do it in the same way.</summary>
/// <param name="Buckets">How many different tokens there are.</param>
/// <param name="Bigrams">Whether pairs of neighbouring words are tokens too.</param>
/// <param name="TokensMax">The most tokens of a text; what comes after is cut off.</param>
/// <param name="Scheme">What a word is and how it becomes a token, in words.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TokenizerDescription")]
public sealed record TokenizerDescription(
    [property: Id(0)] int Buckets, [property: Id(1)] bool Bigrams, [property: Id(2)] int TokensMax, [property: Id(3)] string Scheme);
