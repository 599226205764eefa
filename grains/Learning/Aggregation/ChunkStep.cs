using System.Collections.Immutable;

namespace Sheaf.Learning.Aggregation;

/// <summary>What a rule does with every chunk, once it knows its inputs. A value.</summary>
public abstract record ChunkStep
{
    private ChunkStep()
    {
    }

    /// <summary>Does it.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="math">What computes.</param>
    /// <param name="result">Receives one value per parameter.</param>
    public abstract void Apply(InputChunk chunk, IChunkMath math, Span<float> result);

    /// <summary>The mean of what is left when as many values are taken from either end.</summary>
    /// <param name="Trimmed">How many are taken from either end.</param>
    public sealed record Trim(int Trimmed) : ChunkStep
    {
        /// <inheritdoc/>
        public override void Apply(InputChunk chunk, IChunkMath math, Span<float> result)
        {
            ArgumentNullException.ThrowIfNull(math);
            math.TrimmedMean(chunk, Trimmed, result);
        }
    }

    /// <summary>Σ coefficient · value.</summary>
    /// <param name="Coefficients">One per input.</param>
    public sealed record Combine(ImmutableArray<double> Coefficients) : ChunkStep
    {
        /// <inheritdoc/>
        public override void Apply(InputChunk chunk, IChunkMath math, Span<float> result)
        {
            ArgumentNullException.ThrowIfNull(math);
            math.Combine(chunk, Coefficients.AsSpan(), result);
        }
    }
}
