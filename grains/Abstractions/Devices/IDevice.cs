using Orleans.Concurrency;

namespace Sheaf.Abstractions.Devices;

/// <summary>One device, as its owner sees it. Key: <see cref="DeviceKey.Of"/>.</summary>
[Alias("sheaf.IDevice")]
public interface IDevice : IGrainWithStringKey
{
    /// <summary>What the device holds. Served at any time, also while the device trains.</summary>
    /// <returns>Counts and receipts, never an example.</returns>
    [Alias("GetStatus"), AlwaysInterleave]
    Task<DeviceStatus> GetStatusAsync();

    /// <summary>
    /// Erases everything the device holds and everything it could still pull. When the call returns no live reference holds the
    /// examples, the stored state has none, and no round that had not begun its commit uses them. Idempotent.
    /// </summary>
    /// <returns>The receipt, which is kept with the device as well.</returns>
    [Alias("EraseAll"), ResponseTimeout("00:10:00")]
    Task<EraseReceipt> EraseAllAsync();
}
