using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Memory;

/// <summary>Where tensors live and are computed: the processor, or an accelerator with memory of its own.</summary>
internal sealed class ComputeDevice
{
    private ComputeDevice(Device torch, bool isHost) => (Torch, IsHost) = (torch, isHost);

    /// <summary>The processor.</summary>
    public static ComputeDevice Processor { get; } = new(new Device(DeviceType.CPU), isHost: true);

    /// <summary>The device in the terms of libtorch.</summary>
    public Device Torch { get; }

    /// <summary>Whether its memory is the host's, so that nothing needs to be copied.</summary>
    public bool IsHost { get; }

    /// <summary>How many CUDA devices this process's libtorch can compute on; 0 when it is not built for CUDA or finds no driver.</summary>
    public static int CudaDevices => TorchLibrary.MayHaveCuda && cuda.is_available() ? cuda.device_count() : 0;

    /// <summary>Opens a device.</summary>
    /// <param name="name"><c>cpu</c> or <c>cuda</c>, with an index where there are several: <c>cuda:1</c>.</param>
    /// <returns>The device.</returns>
    /// <exception cref="ArgumentException">This libtorch knows no such device.</exception>
    public static ComputeDevice Open(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == "cpu")
        {
            return Processor;
        }

        var index = name == "cuda" ? 0 : name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), out var number) ? number : -1;
        var there = CudaDevices;
        return index >= 0 && index < there
            ? new ComputeDevice(new Device(DeviceType.CUDA, index), isHost: false)
            : throw new ArgumentException(
                $"This libtorch has no '{name}', but {(there == 0 ? "no CUDA device at all" : $"{there} CUDA devices")}: give the silo one that is built for CUDA and a driver that fits it, or use 'cpu'.",
                nameof(name));
    }

    /// <summary>The processor, treated as if its memory were not the host's: what an accelerator takes, shown where there is none.</summary>
    /// <returns>The device.</returns>
    internal static ComputeDevice AsIfApart() => new(new Device(DeviceType.CPU), isHost: false);
}
