namespace Sheaf.Learning.Aggregation;

/// <summary>The arithmetic of aggregation on one chunk of the parameters: on the processor, or on an accelerator. Thread-safe.</summary>
/// <remarks>
/// Laws: every implementation gives the same bits, because what is computed is fixed to the last operation: binary64, in the stated
/// order, each operation rounded to nearest even, no product fused with a sum. A result is never −0. How the parameters are cut into
/// chunks changes nothing, as long as every chunk but the last has a multiple of <see cref="BlockColumns"/> columns.
/// The values of a chunk must be finite; nothing is said of what becomes of others.
/// </remarks>
public interface IChunkMath
{
    /// <summary>Sums over parameters add blocks of so many columns: 1024.</summary>
    const int BlockColumns = 1024;

    /// <summary>Where it computes: <c>processor</c>, <c>torch-cpu</c>, <c>torch-cuda</c>.</summary>
    string Name { get; }

    /// <summary>The values of the same run of several <see cref="FixedPointSum"/>s: units · factor.</summary>
    /// <param name="units">The units, one row per sum.</param>
    /// <param name="factors">What multiplies the units of each sum; at least one.</param>
    /// <param name="result">Receives one value per unit.</param>
    void Scale(ReadOnlySpan<long> units, ReadOnlySpan<double> factors, Span<float> result);

    /// <summary>For each parameter, the mean of its values but for the smallest and the largest ones.</summary>
    /// <remarks>The kept values are added in ascending order and multiplied by 1 / their number. With ⌊(n − 1) / 2⌋ left out at either end
    /// it is the median; of an even number, the mean of the middle two.</remarks>
    /// <param name="chunk">The inputs.</param>
    /// <param name="trimmed">How many are left out at either end, at least 0 and fewer than half of them.</param>
    /// <param name="result">Receives one value per parameter.</param>
    void TrimmedMean(InputChunk chunk, int trimmed, Span<float> result);

    /// <summary>For each parameter, Σ coefficient · value over the inputs, added in their order; an input of coefficient 0 is passed over.</summary>
    /// <param name="chunk">The inputs.</param>
    /// <param name="coefficients">One per input.</param>
    /// <param name="result">Receives one value per parameter.</param>
    void Combine(InputChunk chunk, ReadOnlySpan<double> coefficients, Span<float> result);

    /// <summary>Adds the chunk's part of the inputs' squared ℓ² norms.</summary>
    /// <remarks>A block's squares s₀ … s₁₀₂₃ (0 beyond the last parameter) are added by halves: sₖ + sₖ₊₅₁₂ for k &lt; 512, of those the first
    /// 256 and the last, and so on to one; the blocks are added to the norms one after another.</remarks>
    /// <param name="chunk">The inputs.</param>
    /// <param name="norms">One per input; added to.</param>
    void AddSquaredNorms(InputChunk chunk, Span<double> norms);

    /// <summary>Adds the chunk's part of the squared ℓ² distances between the inputs; added up as by <see cref="AddSquaredNorms"/>.</summary>
    /// <param name="chunk">The inputs.</param>
    /// <param name="distances">Row by row, one value per pair of inputs; added to, on both sides of the diagonal, which stays as it is.</param>
    void AddSquaredDistances(InputChunk chunk, Span<double> distances);
}
