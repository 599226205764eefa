using Sheaf.Grains.Erasures;

namespace Sheaf.Grains.Devices;

/// <summary>A device as those see it who have to finish its erasures. Key: <see cref="Abstractions.Devices.DeviceKey"/>.</summary>
[Alias("sheaf.IDeviceErasure")]
internal interface IDeviceErasure : IGrainWithStringKey
{
    /// <summary>Applies an erasure that was written down, whatever of it has been done already. Idempotent by number.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="erasure">The erasure.</param>
    /// <returns>When its receipt is stored.</returns>
    [Alias("Reapply"), ResponseTimeout("00:10:00")]
    Task ReapplyAsync(long number, Erasure erasure);

    /// <summary>Completes the receipts of what was erased before a purge. Idempotent.</summary>
    /// <param name="began">When the purge began.</param>
    /// <param name="ended">When the files were rewritten.</param>
    /// <returns>How many receipts it completed, and whether any is left that a later purge must complete.</returns>
    [Alias("CompleteReceipts")]
    Task<(int Completed, bool IsAnyLeft)> CompleteReceiptsAsync(DateTimeOffset began, DateTimeOffset ended);

    /// <summary>Deletes what a committed round has trained on, if the device's policy says so. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="round">The round.</param>
    /// <returns>What the device holds afterwards; null when its policy does not say so.</returns>
    [Alias("SeeCommit")]
    Task<Activity.DeviceCounts?> SeeCommitAsync(string task, int round);
}
