using Microsoft.Extensions.Logging;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>Wakes the coordinators of the tasks that this silo has worked for whenever a silo is gone: one of them may have lived there.</summary>
internal sealed partial class TaskGuardian(
    IClusterMembershipService membership, TaskPrograms programs, IGrainFactory grains, ILogger<TaskGuardian> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CancellationTokenSource _stop = new();
    private Task _watch = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(TaskGuardian),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _watch = WatchAsync();
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stop.CancelAsync();
            await _watch;
        });

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(_stop.Token))
            {
                if (snapshot.Members.Values.Any(member => member.Status is SiloStatus.Dead or SiloStatus.ShuttingDown or SiloStatus.Stopping))
                {
                    await Task.WhenAll(programs.KnownTasks.Select(EnsureRunningAsync));
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task EnsureRunningAsync(string task)
    {
        try
        {
            if (!await grains.GetGrain<IRoundFence>(task).EnsureRunningAsync())
            {
                programs.Forget(task);
            }
        }
        catch (Exception exception)
        {
            // The boundary of the watch, which must outlive any one task. The next change of membership, or whoever asks for the task's progress, wakes it again.
            LogUnreachable(exception, task);
        }
    }

    [LoggerMessage(141, LogLevel.Warning, "The coordinator of task {Task} could not be woken after a change of membership.")]
    private partial void LogUnreachable(Exception exception, string task);
}
