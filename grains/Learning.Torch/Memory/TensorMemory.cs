using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Memory;

/// <summary>Views of a contiguous CPU tensor's memory; valid while the tensor lives and is not resized.</summary>
internal static class TensorMemory
{
    /// <summary>Singles in 64 bytes.</summary>
    private const int Alignment = 16;

    /// <summary>The width that gives every row the alignment of the first.</summary>
    /// <remarks>MKL chooses its kernel by the alignment of a matrix, and kernels round differently: with unaligned rows a device's
    /// bits would depend on its slot (seen with 6 × 7 matrices), and an example's on its row.</remarks>
    /// <param name="columns">The columns that are used.</param>
    /// <returns>The next multiple of 64 bytes.</returns>
    public static int Padded(int columns) => checked(columns + Alignment - 1) / Alignment * Alignment;

    /// <summary>Copies a matrix row by row between different row widths.</summary>
    /// <param name="source">The rows to copy.</param>
    /// <param name="sourceWidth">Values per row there.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="targetWidth">Values per row here.</param>
    public static void CopyRows(ReadOnlySpan<float> source, int sourceWidth, Span<float> target, int targetWidth)
    {
        var rows = Math.Min(source.Length / sourceWidth, target.Length / targetWidth);
        var columns = Math.Min(sourceWidth, targetWidth);
        for (var row = 0; row < rows; row++)
        {
            source.Slice(row * sourceWidth, columns).CopyTo(target.Slice(row * targetWidth, columns));
        }
    }

    /// <summary>Allocates a tensor that no dispose scope owns.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="shape">The shape; the values are undefined.</param>
    /// <returns>A tensor that the caller disposes of.</returns>
    public static Tensor Allocate(ScalarType type, Device device, params ReadOnlySpan<long> shape) =>
        empty(shape, type, device).DetachFromDisposeScope();

    /// <summary>The values of a tensor of singles.</summary>
    /// <param name="tensor">A contiguous tensor on the CPU.</param>
    /// <returns>Its values, row by row.</returns>
    public static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>The values of a tensor of 64-bit integers.</summary>
    /// <param name="tensor">A contiguous tensor on the CPU.</param>
    /// <returns>Its values, row by row.</returns>
    public static Span<long> Longs(Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.bytes);
}
