using System.Diagnostics;
using Orleans.Storage;
using Sheaf.Grains.Telemetry;

namespace Sheaf.Grains.Devices;

/// <summary>
/// A device's row in storage. The framework's own persistent state sends its content along when an activation moves to another silo; this one
/// stays behind, and the device reads its row where it arrives: examples do not travel between silos.
/// </summary>
/// <param name="storage">The grain's storage.</param>
/// <param name="device">The device.</param>
internal sealed class DeviceStore(IGrainStorage storage, GrainId device)
{
    private readonly GrainState<DeviceState> _row = new(new DeviceState());

    /// <summary>What the row says, as last read or written, and what the device has changed since.</summary>
    public DeviceState State => _row.State!;

    /// <summary>Reads the row.</summary>
    /// <returns>When <see cref="State"/> is what is stored.</returns>
    public Task ReadAsync() => CountAsync("read", storage.ReadStateAsync(StorageNames.Device, device, _row));

    /// <summary>Writes the row.</summary>
    /// <returns>When it is stored.</returns>
    /// <exception cref="InconsistentStateException">Another activation has written it since it was read.</exception>
    public Task WriteAsync() => CountAsync("write", storage.WriteStateAsync(StorageNames.Device, device, _row));

    // The framework counts what goes through its own persistent state only.
    private static async Task CountAsync(string operation, Task storing)
    {
        var began = Stopwatch.GetTimestamp();
        await storing;
        SheafMetrics.CountStorage(operation, Stopwatch.GetElapsedTime(began));
    }
}
