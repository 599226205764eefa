using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sheaf.Learning.Aggregation;

/// <summary>The arithmetic of aggregation on the processor, with its vectors.</summary>
public sealed class ProcessorChunkMath : IChunkMath
{
    /// <inheritdoc/>
    public string Name => "processor";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scale(ReadOnlySpan<long> units, ReadOnlySpan<double> factors, Span<float> result)
    {
        ChunkMathArguments.EnsureLength(result.Length, units.Length, "The result");
        var columns = ChunkMathArguments.ColumnsOf(units.Length, factors.Length);
        for (var row = 0; row < factors.Length; row++)
        {
            var factor = factors[row];
            var from = units.Slice(row * columns, columns);
            var to = result.Slice(row * columns, columns);
            for (var i = 0; i < from.Length; i++)
            {
                to[i] = (float)(from[i] * factor) + 0f;
            }
        }
    }

    /// <inheritdoc/>
    public void TrimmedMean(InputChunk chunk, int trimmed, Span<float> result)
    {
        ChunkMathArguments.EnsureLength(result.Length, chunk.Columns, "The result");
        ChunkMathArguments.EnsureTrimmed(trimmed, chunk.Inputs);
        using var columns = new SortedColumns(chunk.Inputs);
        for (var offset = 0; offset < chunk.Columns; offset += SortedColumns.Width)
        {
            var count = Math.Min(SortedColumns.Width, chunk.Columns - offset);
            columns.Sort(chunk, offset, count);
            columns.MeanOfMiddle(trimmed, result.Slice(offset, count));
        }
    }

    /// <inheritdoc/>
    public void Combine(InputChunk chunk, ReadOnlySpan<double> coefficients, Span<float> result)
    {
        ChunkMathArguments.EnsureLength(result.Length, chunk.Columns, "The result");
        ChunkMathArguments.EnsureLength(coefficients.Length, chunk.Inputs, "The list of coefficients");
        var sums = ArrayPool<double>.Shared.Rent(chunk.Columns);
        var sum = sums.AsSpan(0, chunk.Columns);
        sum.Clear();
        for (var input = 0; input < chunk.Inputs; input++)
        {
            if (coefficients[input] != 0)
            {
                AddScaled(sum, chunk.Row(input), coefficients[input]);
            }
        }

        for (var i = 0; i < sum.Length; i++)
        {
            result[i] = (float)sum[i] + 0f;
        }

        ArrayPool<double>.Shared.Return(sums);
    }

    /// <inheritdoc/>
    public void AddSquaredNorms(InputChunk chunk, Span<double> norms)
    {
        ChunkMathArguments.EnsureLength(norms.Length, chunk.Inputs, "The list of norms");
        Span<double> scratch = stackalloc double[SquareTree.ScratchValues];
        for (var input = 0; input < chunk.Inputs; input++)
        {
            for (var offset = 0; offset < chunk.Columns; offset += IChunkMath.BlockColumns)
            {
                norms[input] += SquareTree.Sum(Block(chunk, input, offset), [], scratch);
            }
        }
    }

    /// <inheritdoc/>
    public void AddSquaredDistances(InputChunk chunk, Span<double> distances)
    {
        ChunkMathArguments.EnsureLength(distances.Length, checked(chunk.Inputs * chunk.Inputs), "The table of distances");
        Span<double> scratch = stackalloc double[SquareTree.ScratchValues];
        // Block by block, so that the rows of a block stay in the cache while every pair of them is visited.
        for (var offset = 0; offset < chunk.Columns; offset += IChunkMath.BlockColumns)
        {
            for (var left = 0; left < chunk.Inputs; left++)
            {
                for (var right = left + 1; right < chunk.Inputs; right++)
                {
                    var sum = SquareTree.Sum(Block(chunk, left, offset), Block(chunk, right, offset), scratch);
                    distances[(left * chunk.Inputs) + right] += sum;
                    distances[(right * chunk.Inputs) + left] += sum;
                }
            }
        }
    }

    private static ReadOnlySpan<float> Block(InputChunk chunk, int input, int offset) =>
        chunk.Row(input).Slice(offset, Math.Min(IChunkMath.BlockColumns, chunk.Columns - offset));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(Span<double> sum, ReadOnlySpan<float> values, double coefficient)
    {
        var (width, half) = (Vector<float>.Count, Vector<double>.Count);
        var factor = new Vector<double>(coefficient);
        var i = 0;
        for (; i <= values.Length - width; i += width)
        {
            Vector.Widen(new Vector<float>(values[i..]), out var low, out var high);
            (new Vector<double>(sum[i..]) + (low * factor)).CopyTo(sum[i..]);
            (new Vector<double>(sum[(i + half)..]) + (high * factor)).CopyTo(sum[(i + half)..]);
        }

        for (; i < values.Length; i++)
        {
            sum[i] += values[i] * coefficient;
        }
    }
}
