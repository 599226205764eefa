using Orleans.Concurrency;
using Sheaf.Abstractions.Devices;

namespace Sheaf.Abstractions.Tasks;

/// <summary>Trains one task, round by round. Key: the task's name. Goes on by itself after a crash.</summary>
[Alias("sheaf.IRoundCoordinator")]
public interface IRoundCoordinator : IGrainWithStringKey
{
    /// <summary>Starts the task. Idempotent for the same specification.</summary>
    /// <param name="spec">The task.</param>
    /// <returns>When the task is stored; rounds run on by themselves.</returns>
    /// <exception cref="InvalidOperationException">The task exists with another specification, or there is no such population.</exception>
    [Alias("Start")]
    Task StartAsync(TaskSpec spec);

    /// <summary>Takes the task up again where its last commit left it, if it is not running here already. Idempotent.</summary>
    /// <returns>When the coordinator is up.</returns>
    [Alias("EnsureRunning"), AlwaysInterleave]
    Task EnsureRunningAsync();

    /// <summary>How far the task is.</summary>
    /// <param name="afterRound">Records of later rounds are returned with it, at most 100.</param>
    /// <returns>The progress.</returns>
    [Alias("GetProgress"), AlwaysInterleave]
    Task<TaskProgress> GetProgressAsync(int afterRound);

    /// <summary>Stops the task after what it is doing now; what is committed stays. Idempotent.</summary>
    /// <returns>When the task has stopped.</returns>
    [Alias("Cancel"), AlwaysInterleave]
    Task CancelAsync();

    /// <summary>
    /// Takes a device out of the round under way, because its data has been erased. Returns when nothing computed with the device can enter
    /// a later checkpoint; if the commit has begun, when it has ended. Idempotent.
    /// </summary>
    /// <param name="deviceId">The device.</param>
    /// <returns>What the erase met.</returns>
    [Alias("Fence"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<EraseFence> FenceAsync(string deviceId);
}
