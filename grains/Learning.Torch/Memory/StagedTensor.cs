using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Memory;

/// <summary>
/// Scratch memory that the host writes and a device computes with: one memory where the device is the processor, else two that
/// are copied when they are told to be. Not thread-safe.
/// </summary>
/// <param name="type">The element type.</param>
/// <param name="device">Where it is computed with.</param>
internal sealed class StagedTensor(ScalarType type, ComputeDevice device) : IDisposable
{
    private readonly GrowingTensor _host = new(type, CPU);
    private readonly GrowingTensor? _apart = device.IsHost ? null : new(type, device.Torch);
    private Tensor _onDevice = null!;

    /// <summary>The values as the host sees them, a vector; valid in the dispose scope in which <see cref="Take"/> was called.</summary>
    public Tensor OnHost { get; private set; } = null!;

    /// <summary>Takes so much of the memory; earlier views become invalid and the values are undefined.</summary>
    /// <param name="count">How many values.</param>
    public void Take(long count)
    {
        OnHost = _host.Take(count);
        _onDevice = _apart?.Take(count) ?? OnHost;
    }

    /// <summary>Gives the device what the host has written.</summary>
    /// <returns>The values as the device sees them, a vector; valid in the dispose scope in which <see cref="Take"/> was called.</returns>
    public Tensor Upload()
    {
        if (_apart is not null)
        {
            _onDevice.copy_(OnHost);
        }

        return _onDevice;
    }

    /// <summary>Overwrites all of the memory with zeros, on both sides.</summary>
    public void Clear()
    {
        _host.Clear();
        _apart?.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _host.Dispose();
        _apart?.Dispose();
    }
}
