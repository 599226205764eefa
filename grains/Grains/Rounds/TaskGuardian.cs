using Microsoft.Extensions.Logging;
using Sheaf.Grains.Operations;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// Wakes the coordinators of tasks whenever a silo is gone, for one of them may have lived there: first of those that this silo has worked for, then of the others
/// that the catalog says are running, for whoever worked for them may be gone as well. The latter also when the silo starts: the whole cluster may have been gone.
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
            if (options.WakesOnStart)
            {
                await WakeAsync([]);
            }

            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(_stop.Token))
            {
                if (snapshot.Members.Values.Any(member => member.Status is SiloStatus.Dead or SiloStatus.ShuttingDown or SiloStatus.Stopping))
                {
                    var known = programs.KnownTasks.ToArray();
                    await Task.WhenAll(known.Select(EnsureRunningAsync)).WaitAsync(_stop.Token);
                    await WakeAsync(known);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task WakeAsync(IEnumerable<string> awake)
    {
        while (true)
        {
            try
            {
                // A silo that stops does not wait for one that is gone.
                var running = await grains.GetGrain<ITaskCatalog>(0).GetRunningAsync().WaitAsync(_stop.Token);
                await Task.WhenAll(running.Except(awake).Select(EnsureRunningAsync)).WaitAsync(_stop.Token);
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
