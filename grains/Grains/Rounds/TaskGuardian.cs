using Microsoft.Extensions.Logging;
using Sheaf.Grains.Operations;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// Wakes the coordinators of the tasks that this silo has worked for whenever a silo is gone: one of them may have lived there. When the silo starts, it
/// wakes those that the catalog says are running: the whole cluster may have been gone.
/// </summary>
internal sealed partial class TaskGuardian(
    IClusterMembershipService membership, TaskPrograms programs, IGrainFactory grains, TaskGuardianOptions options, TimeProvider clock, ILogger<TaskGuardian> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

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
            await WakeAsync();
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

    private async Task WakeAsync()
    {
        while (options.WakesOnStart)
        {
            try
            {
                await Task.WhenAll((await grains.GetGrain<ITaskCatalog>(0).GetRunningAsync()).Select(EnsureRunningAsync)).WaitAsync(_stop.Token);
                return;
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                // The boundary of the watch: the catalog is asked again until it answers.
                LogNoCatalog(exception, RetryPause);
                await Task.Delay(RetryPause, clock, _stop.Token);
            }
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

    [LoggerMessage(142, LogLevel.Warning, "The catalog of tasks cannot be asked which ones run; it is asked again in {Pause}.")]
    private partial void LogNoCatalog(Exception exception, TimeSpan pause);
}
