using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sheaf.Learning.Aggregation;

/// <summary>Sorts the inputs' values of a few parameters at once, every parameter by itself. Not thread-safe.</summary>
/// <remarks>Batcher's merge exchange (Knuth, TAOCP 3, 5.2.2, Algorithm M) compares the same pairs of rows whatever the values, so that a
/// vector sorts as many parameters as it has lanes, without a branch.</remarks>
/// <param name="inputs">How many inputs.</param>
internal sealed class SortedColumns(int inputs) : IDisposable
{
    /// <summary>Parameters that are sorted at once: for 100 inputs they fill 25 KiB, which the nearest cache holds.</summary>
    public const int Width = 64;

    private readonly float[] _values = ArrayPool<float>.Shared.Rent(checked(inputs * Width));

    /// <summary>Sorts a strip of a chunk.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="offset">The first column.</param>
    /// <param name="count">How many columns, 1 to <see cref="Width"/>.</param>
    public void Sort(InputChunk chunk, int offset, int count)
    {
        for (var input = 0; input < inputs; input++)
        {
            var row = Row(input);
            chunk.Row(input).Slice(offset, count).CopyTo(row);
            row[count..].Clear();
        }

        if (inputs > 1)
        {
            MergeExchange();
        }
    }

    /// <summary>The mean of what is left when as many are taken from either end.</summary>
    /// <param name="trimmed">How many are taken from either end.</param>
    /// <param name="result">Receives the means of the first columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MeanOfMiddle(int trimmed, Span<float> result)
    {
        Span<double> sums = stackalloc double[Width];
        sums.Clear();
        for (var input = trimmed; input < inputs - trimmed; input++)
        {
            var row = Row(input);
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += row[i];
            }
        }

        var factor = 1.0 / (inputs - (2 * trimmed));
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (float)(sums[i] * factor) + 0f;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<float>.Shared.Return(_values);

    private void MergeExchange()
    {
        var top = (int)(BitOperations.RoundUpToPowerOf2((uint)inputs) / 2);
        for (var p = top; p > 0; p /= 2)
        {
            for (var (q, r, d) = (top, 0, p); ; (d, q, r) = (q - p, q / 2, p))
            {
                for (var i = 0; i < inputs - d; i++)
                {
                    if ((i & p) == r)
                    {
                        Exchange(i, i + d);
                    }
                }

                if (q == p)
                {
                    break;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Exchange(int upper, int lower)
    {
        var first = MemoryMarshal.Cast<float, Vector<float>>(Row(upper));
        var second = MemoryMarshal.Cast<float, Vector<float>>(Row(lower));
        for (var i = 0; i < first.Length; i++)
        {
            var (left, right) = (first[i], second[i]);
            first[i] = Vector.MinNative(left, right);
            second[i] = Vector.MaxNative(left, right);
        }
    }

    private Span<float> Row(int input) => _values.AsSpan(input * Width, Width);
}
