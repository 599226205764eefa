using Orleans.Concurrency;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Security;

namespace Sheaf.Abstractions.Devices;

/// <summary>One device, as its owner sees it. Key: <see cref="DeviceKey.Of"/>.</summary>
[Alias("sheaf.IDevice")]
public interface IDevice : IGrainWithStringKey
{
    /// <summary>What the device holds. Served at any time, also while the device trains.</summary>
    /// <returns>Counts and receipts, never an example.</returns>
    [Alias("GetStatus"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<DeviceStatus> GetStatusAsync();

    /// <summary>
    /// Erases examples that the device holds or could still pull; what arrives later is welcome. When the call returns no live reference
    /// holds the examples, the stored state has none, and no round that had not begun its commit uses them: the device is taken out of
    /// every round under way. An erase that fails half-way is finished when it is called again or the cluster starts anew. Idempotent.
    /// </summary>
    /// <param name="scope">Which examples.</param>
    /// <returns>The receipt, which is kept with the device as well.</returns>
    /// <exception cref="ArgumentException">The scope contradicts itself; the message names all mistakes.</exception>
    [Alias("Erase"), ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Erase, IsAudited = true)]
    Task<EraseReceipt> EraseAsync(EraseSpec scope);

    /// <summary>
    /// Withdraws the device's consent: erases everything, as <see cref="EraseAsync"/> does, and from now on takes nothing in, so that the
    /// device is never selected again. Idempotent.
    /// </summary>
    /// <returns>The receipt, which is kept with the device as well.</returns>
    [Alias("Withdraw"), ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Erase, IsAudited = true)]
    Task<EraseReceipt> WithdrawAsync();

    /// <summary>
    /// Gives the device a retention policy of its own, the whole of it, in the place of its population's, and deletes at once what it does
    /// not allow. A population's policy of a later version holds again.
    /// </summary>
    /// <param name="policy">The policy, of at least the version that holds now; null goes back to the population's.</param>
    /// <returns>When what it does not allow is deleted.</returns>
    /// <exception cref="ArgumentException">The policy contradicts itself, or its version is behind; the message names all mistakes.</exception>
    [Alias("SetRetention"), RequiresRole(AccessRole.Erase, IsAudited = true)]
    Task SetRetentionAsync(RetentionSpec? policy);
}
