using System.Numerics;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Memory;

/// <summary>Scratch memory of one element type that is reused from step to step and grows by doubling. Not thread-safe.</summary>
/// <param name="type">The element type.</param>
/// <param name="device">Where it is.</param>
internal sealed class GrowingTensor(ScalarType type, Device device) : IDisposable
{
    private Tensor? _tensor;
    private long _capacity;

    /// <summary>The first values of the memory as a vector; earlier views become invalid and the values are undefined.</summary>
    /// <param name="count">How many values.</param>
    /// <returns>A view that belongs to the current dispose scope.</returns>
    public Tensor Take(long count)
    {
        if (_tensor is null || count > _capacity)
        {
            _tensor?.Dispose();
            _capacity = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(count, 1));
            _tensor = TensorMemory.Allocate(type, device, _capacity);
        }

        return _tensor.narrow(0, 0, count);
    }

    /// <summary>Overwrites all of the memory with zeros.</summary>
    public void Clear()
    {
        using var scope = NewDisposeScope();
        _tensor?.zero_();
    }

    /// <inheritdoc/>
    public void Dispose() => _tensor?.Dispose();
}
