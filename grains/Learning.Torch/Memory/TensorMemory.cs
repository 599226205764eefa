using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Memory;

/// <summary>Views of a contiguous CPU tensor's memory; valid while the tensor lives and is not resized.</summary>
internal static class TensorMemory
{
    /// <summary>Allocates a tensor that no dispose scope owns.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The shape; the values are undefined.</param>
    /// <returns>A tensor that the caller disposes of.</returns>
    public static Tensor Allocate(ScalarType type, params ReadOnlySpan<long> shape) => empty(shape, type).DetachFromDisposeScope();

    /// <summary>The values of a tensor of singles.</summary>
    /// <param name="tensor">A contiguous tensor on the CPU.</param>
    /// <returns>Its values, row by row.</returns>
    public static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>The values of a tensor of 64-bit integers.</summary>
    /// <param name="tensor">A contiguous tensor on the CPU.</param>
    /// <returns>Its values, row by row.</returns>
    public static Span<long> Longs(Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.bytes);
}
