using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Torch.Own;
using Sheaf.Learning.Training;
using TorchSharp;

namespace Sheaf.Learning.Torch;

/// <summary>Makes trainers that compute many devices at once with libtorch, on the processor or on an accelerator. Thread-safe.</summary>
/// <remarks>Trains <see cref="EmbeddingBagClassifier"/>, <see cref="SoftmaxRegression"/>, <see cref="LogBilinearModel"/> and
/// <see cref="OwnTextModel"/>, the last on the processor only. There, run as many trainers as there are cores, each on a thread of its own: libtorch itself is told to use one
/// thread per call, because its operators are too small here to share. On an accelerator sums are added in no fixed order: results agree with the
/// processor's within rounding, and not bit for bit with one another.</remarks>
public sealed class TorchTrainerFactory : ILocalTrainerFactory
{
    private const int BatchOnProcessor = 32;
    private const int BatchOnAccelerator = 256;

    private readonly ComputeDevice _device;
    private readonly Action<int>? _halved;

    /// <summary>Loads libtorch and fixes its threads for the whole process.</summary>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>, with an index where there are several: <c>cuda:1</c>.</param>
    /// <param name="halved">Told, on a trainer's thread, that memory ran out and how many devices it computes at once from now on: half as many as
    /// before.</param>
    /// <exception cref="ArgumentException">This libtorch knows no such device.</exception>
    public TorchTrainerFactory(string device = "cpu", Action<int>? halved = null)
        : this(ComputeDevice.Open(device), halved)
    {
    }

    /// <summary>Loads libtorch and fixes its threads for the whole process.</summary>
    /// <param name="device">What the trainers compute on.</param>
    /// <param name="halved">Told that memory ran out.</param>
    internal TorchTrainerFactory(ComputeDevice device, Action<int>? halved = null)
    {
        torch.set_num_threads(1);
        (_device, _halved) = (device, halved);
    }

    /// <summary>The accelerators that this process's libtorch can compute on: <c>cuda:0</c>, <c>cuda:1</c>, …; none when it is not built for any or finds no driver.</summary>
    public static ImmutableArray<string> Accelerators =>
        [.. Enumerable.Range(0, ComputeDevice.CudaDevices).Select(index => string.Create(CultureInfo.InvariantCulture, $"cuda:{index}"))];

    /// <summary>Whether a device still computes: after CUDA has lost one, nothing on it does any more in this process.</summary>
    /// <param name="device"><c>cpu</c> or an accelerator.</param>
    /// <returns>Whether a small computation gives what it must.</returns>
    public static bool Computes(string device)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            return torch.ones([16], device: ComputeDevice.Open(device).Torch).sum().cpu().item<float>() == 16;
        }
        catch (Exception exception) when (exception is ExternalException or ArgumentException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    /// <value>On the processor 32: the parameters of so many devices of the default model stay within a core's cache. On an accelerator 256, as many as a
    /// slice has: what a call costs there hardly depends on how much it computes.</value>
    public int PreferredBatch => _device.IsHost ? BatchOnProcessor : BatchOnAccelerator;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The model is none of those above.</exception>
    /// <exception cref="TorchComputationException">There is not enough memory for a single device.</exception>
    public ILocalTrainer Create(ModelArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return architecture is OwnTextModel own
            ? new OwnModelTrainer(own)
            : MemoryShortage.Largest(PreferredBatch, devices => new DeviceAxisTrainer(architecture, devices, _device) { Halved = _halved }, _halved);
    }
}
