using Orleans.Concurrency;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Models;

namespace Sheaf.Grains.Rounds;

/// <summary>A task's coordinator as devices and silos see it. Key: the task.</summary>
[Alias("sheaf.IRoundFence")]
internal interface IRoundFence : IGrainWithStringKey
{
    /// <summary>
    /// Takes a device out of the round under way, because its data has been erased. Returns when nothing computed with the device can enter
    /// a later checkpoint; if the commit has begun, when it has ended. Idempotent.
    /// </summary>
    /// <param name="deviceId">The device.</param>
    /// <returns>What the erase met.</returns>
    [Alias("Fence"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<EraseFence> FenceAsync(string deviceId);

    /// <summary>Takes note that something has changed what devices hold which no study and no seed says. Idempotent.</summary>
    /// <returns>When it is noted.</returns>
    [Alias("Disturb"), AlwaysInterleave]
    Task DisturbAsync();

    /// <summary>The checkpoint that is current, committed and no other.</summary>
    /// <returns>What it is; null before there is one.</returns>
    [Alias("GetCheckpoint"), AlwaysInterleave]
    Task<CurrentCheckpoint?> GetCheckpointAsync();

    /// <summary>Takes the task up again where its last commit left it, if it is not running here already. Idempotent.</summary>
    /// <returns>Whether the task still runs; one that has ended need not be asked again.</returns>
    [Alias("EnsureRunning"), AlwaysInterleave]
    Task<bool> EnsureRunningAsync();

    /// <summary>Has what the silos have merged in the round under way stored at once: one of them is about to leave. Idempotent.</summary>
    /// <returns>When it is stored, as far as it could be.</returns>
    [Alias("StoreSums"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task StoreSumsAsync();

    /// <summary>Tells the task that a period has arrived. Idempotent.</summary>
    /// <param name="period">The period.</param>
    /// <returns>When the task has scored the period's new examples, if that is what it does: they may be deleted now.</returns>
    [Alias("OpenPeriod"), AlwaysInterleave, ResponseTimeout("1.00:00:00")]
    Task OpenPeriodAsync(int period);

    /// <summary>Has the task look at once whether what it waits for has come. Idempotent.</summary>
    /// <returns>When it has been told.</returns>
    [Alias("Nudge"), AlwaysInterleave]
    Task NudgeAsync();
}

/// <summary>A task's current checkpoint.</summary>
/// <param name="Task">The task.</param>
/// <param name="Parameters">The model.</param>
[GenerateSerializer, Immutable, Alias("sheaf.CurrentCheckpoint")]
internal sealed record CurrentCheckpoint([property: Id(0)] TaskSpec Task, [property: Id(1)] BlobRef Parameters);
