using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Operations;
using Sheaf.Grains.Populations;

namespace Sheaf.Grains.Rounds;

/// <content>Pausing, resuming, cancelling, and being found again.</content>
internal sealed partial class RoundCoordinatorGrain
{
    private const string Alarm = "run";

    // The shortest that reminders know: they are the backup for silos that do not see one another go.
    private static readonly TimeSpan AlarmPeriod = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public Task<TaskSpec?> GetSpecAsync() => Task.FromResult(_state.State.Spec);

    /// <inheritdoc/>
    public Task CancelAsync() => StopAsync(TaskRunStatus.Cancelled);

    /// <inheritdoc/>
    public Task PauseAsync() => StopAsync(TaskRunStatus.Paused);

    /// <inheritdoc/>
    public async Task ResumeAsync()
    {
        if (IsRunning)
        {
            return;
        }

        if (_state.State.Status != TaskRunStatus.Paused)
        {
            throw new InvalidOperationException(
                _state.RecordExists ? $"The task '{Name}' is not paused: it is {_state.State.Status}." : $"There is no task '{Name}'.");
        }

        await GrainFactory.GetGrain<IPopulationTasks>(Spec.Population).AttachAsync(Name);
        _state.State.Status = TaskRunStatus.Running;
        await NoteAsync();
        await StoreAsync();
        Renew();
    }

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => EnsureRunningAsync();

    private async Task StopAsync(TaskRunStatus status)
    {
        // While a task goes back, what is stored of it and what is in memory are not the same.
        await _goingBack.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_state.State.Status is not (TaskRunStatus.Running or TaskRunStatus.Paused) || _state.State.Status == status)
        {
            // Nothing is under way to be stopped: asked for too early, a stop would keep the task from ever running here.
            return;
        }

        await _stop.CancelAsync();
        await _loop;
        try
        {
            await ReadAgainAsync();
            await BecomeAsync(status);
        }
        catch
        {
            // What could not be stored has not happened: the task goes on.
            Renew();
            throw;
        }
    }

    private async Task BecomeAsync(TaskRunStatus status)
    {
        var current = _state.State.Status;
        if (status == TaskRunStatus.Cancelled && current is TaskRunStatus.Running or TaskRunStatus.Paused)
        {
            await EndAsync(status, null);
        }
        else if (status == TaskRunStatus.Paused && current == TaskRunStatus.Running)
        {
            // An erase that comes while it is paused meets no round: nothing of one may be left.
            await ForgetSnapshotAsync();
            (_state.State.Status, _run) = (status, null);
            await StoreAsync();
            await NoteAsync();
            await ForgetReminderAsync();
        }
    }

    private Task NoteAsync()
    {
        var now = _time.GetUtcNow();
        return GrainFactory.GetGrain<ITaskCatalog>(0).NoteAsync(new TaskEntry(Name, _state.State.Spec?.Population ?? "", _state.State.Status, now, now));
    }

    private async Task RemindAsync()
    {
        if (_reminders is not null)
        {
            await this.RegisterOrUpdateReminder(Alarm, AlarmPeriod, AlarmPeriod);
        }
    }

    private async Task ForgetReminderAsync()
    {
        if (_reminders is not null && await this.GetReminder(Alarm) is { } alarm)
        {
            await this.UnregisterReminder(alarm);
        }
    }
}
