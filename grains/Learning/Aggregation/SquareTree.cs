using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sheaf.Learning.Aggregation;

/// <summary>Adds the squares of a block in the order that <see cref="IChunkMath.AddSquaredNorms"/> states.</summary>
internal static class SquareTree
{
    /// <summary>How many values of scratch memory it needs.</summary>
    public const int ScratchValues = IChunkMath.BlockColumns / 2;

    /// <summary>Σ (left − right)² of a block.</summary>
    /// <param name="left">At most <see cref="IChunkMath.BlockColumns"/> values.</param>
    /// <param name="right">As many; or none, which is zeros.</param>
    /// <param name="scratch">At least <see cref="ScratchValues"/> values, overwritten.</param>
    /// <returns>The sum.</returns>
    public static double Sum(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<double> scratch)
    {
        var sums = scratch[..ScratchValues];
        var first = Math.Min(left.Length, ScratchValues);
        sums[first..].Clear();
        Square(left[..first], right.IsEmpty ? right : right[..first], sums, isAdded: false);
        Square(left[first..], right.IsEmpty ? right : right[first..], sums, isAdded: true);
        for (var width = ScratchValues / 2; width > 0; width /= 2)
        {
            AddHalf(sums[..width], sums.Slice(width, width));
        }

        return sums[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<double> sums, bool isAdded)
    {
        var (width, half) = (Vector<float>.Count, Vector<double>.Count);
        var i = 0;
        for (; i <= left.Length - width; i += width)
        {
            Vector.Widen(new Vector<float>(left[i..]), out var low, out var high);
            if (!right.IsEmpty)
            {
                Vector.Widen(new Vector<float>(right[i..]), out var rightLow, out var rightHigh);
                (low, high) = (low - rightLow, high - rightHigh);
            }

            (low, high) = (low * low, high * high);
            if (isAdded)
            {
                (low, high) = (new Vector<double>(sums[i..]) + low, new Vector<double>(sums[(i + half)..]) + high);
            }

            low.CopyTo(sums[i..]);
            high.CopyTo(sums[(i + half)..]);
        }

        for (; i < left.Length; i++)
        {
            var difference = (double)left[i] - (right.IsEmpty ? 0.0 : right[i]);
            sums[i] = (isAdded ? sums[i] : 0) + (difference * difference);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddHalf(Span<double> sums, ReadOnlySpan<double> others)
    {
        var width = Vector<double>.Count;
        var i = 0;
        for (; i <= sums.Length - width; i += width)
        {
            (new Vector<double>(sums[i..]) + new Vector<double>(others[i..])).CopyTo(sums[i..]);
        }

        for (; i < sums.Length; i++)
        {
            sums[i] += others[i];
        }
    }
}
