using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Naming;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// Holds the task's row and drives its rounds, one after another, beside its calls: a loop on the grain's own turns. An activation that
/// takes over raises the epoch first, so whatever an older one still does cannot be written.
/// </summary>
[KeepAlive]
internal sealed partial class RoundCoordinatorGrain : Grain, IRoundCoordinator, IRoundFence, IRemindable
{
    private const int RecordsMax = 100;

    private readonly IPersistentState<TaskState> _state;
    private readonly TaskPrograms _programs;
    private readonly IClusterMembershipService _membership;
    private readonly AcceleratedSilos _accelerated;
    private readonly SliceRetryOptions _retry;
    private readonly TimeProvider _time;
    private readonly ILogger<RoundCoordinatorGrain> _logger;
    private readonly RoundLog _log;
    private readonly IGrainStorage _storage;
    private readonly IReminderTable? _reminders;
    private RestingDevices _resting;
    private DeviceReports _reports;
    private CancellationTokenSource _stop = new();
    private readonly List<RoundRecord> _recent = [];
    private Task _loop = Task.CompletedTask;
    private TaskCompletionSource _takeover = NewSignal();
    private RoundRun? _run;
    private PhaseClock? _clock;

    /// <summary>Made by the runtime.</summary>
    public RoundCoordinatorGrain(
        [PersistentState(StorageNames.Task, StorageNames.Provider)] IPersistentState<TaskState> state,
        TaskPrograms programs,
        IClusterMembershipService membership,
        SliceRetryOptions retry,
        RoundSnapshotOptions snapshots,
        AcceleratedSilos accelerated,
        TimeProvider time,
        IServiceProvider services,
        ILogger<RoundCoordinatorGrain> logger)
    {
        (_state, _programs, _membership, _accelerated) = (state, programs, membership, accelerated);
        (_retry, _snapshotOptions, _time, _logger) = (retry, snapshots, time, logger);
        _storage = services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider);
        _reminders = services.GetService<IReminderTable>();
        _log = new RoundLog(_storage, GrainContext.GrainId);
        _snapshot = new SnapshotRow(_storage, GrainContext.GrainId);
        _resting = new RestingDevices(_log);
        _reports = new DeviceReports(_log, _storage, GrainContext.GrainId);
    }

    private string Name => this.GetPrimaryKeyString();

    private TaskSpec Spec => _state.State.Spec!;

    private bool IsRunning => _state.RecordExists && _state.State.Status == TaskRunStatus.Running;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        EnsureLoop();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <inheritdoc/>
    public async Task StartAsync(TaskSpec spec)
    {
        if (_state.RecordExists)
        {
            if (!TaskSpecs.AreEqual(Spec, spec))
            {
                throw new InvalidOperationException($"The task '{Name}' exists with another specification. Choose another name for the new one.");
            }

            EnsureLoop();
            return;
        }

        ClusterNames.Ensure("task", Name);
        ClusterNames.Ensure("population", spec.Population);
        _programs.EnsureValid(spec);
        await GrainFactory.GetGrain<IPopulationTasks>(spec.Population).AttachAsync(Name);
        (_state.State.Spec, _state.State.Status) = (spec, TaskRunStatus.Running);
        // Before it is stored: whoever wakes the tasks of a cluster that starts anew must know of it.
        await NoteAsync();
        await StoreAsync();
        EnsureLoop();
    }

    /// <inheritdoc/>
    public async Task<bool> EnsureRunningAsync()
    {
        EnsureLoop();
        if (_state.State.Status is not (TaskRunStatus.Running or TaskRunStatus.Paused) && _state.RecordExists)
        {
            // A crash may have come between the end of the task and the others' hearing of it.
            await GrainFactory.GetGrain<IPopulationTasks>(Spec.Population).DetachAsync(Name);
        }

        if (!IsRunning)
        {
            await NoteAsync();
            await ForgetReminderAsync();
            DeactivateOnIdle();
        }

        return IsRunning;
    }

    /// <inheritdoc/>
    public async Task<TaskProgress> GetProgressAsync(int afterRound)
    {
        EnsureLoop();
        var state = _state.State;
        var last = Math.Min(state.IsRecorded ? state.Round : state.Round - 1, afterRound + RecordsMax);
        var known = _recent.Where(record => record.Round > afterRound && record.Round <= last).ToImmutableArray();
        var records = known.Length == last - afterRound ? known : [.. await _log.ReadAsync(afterRound + 1, last)];
        return new TaskProgress(
            state.Status,
            IsRunning && _run is not null ? _run.Key.Round : state.Round,
            state.Spec?.Plan.RoundsInAll ?? 0,
            IsRunning ? _clock?.Phase ?? RoundPhase.Idle : RoundPhase.Idle,
            records,
            state.Failure ?? _stall,
            await PeriodsAsync());
    }

    /// <inheritdoc/>
    public async Task<EraseFence> FenceAsync(string deviceId)
    {
        EnsureLoop();
        if (!IsRunning && _run is null)
        {
            return new EraseFence(Name, _state.State.Round, EraseFenceOutcome.NotInCohort);
        }

        // Before the epoch is raised an older activation could still commit what it has, and hold what it has.
        await _takeover.Task;
        _state.State.IsDisturbed = true;
        var (round, outcome) = await FenceRoundAsync(deviceId);
        if (_programs.Of(Name, Spec).Guide is not null)
        {
            // Last, so that it is also of what a commit has stored that the fence waited for.
            await _reports.ForgetAsync(deviceId, round);
        }

        return new EraseFence(Name, round, outcome);
    }

    /// <inheritdoc/>
    public Task DisturbAsync()
    {
        _state.State.IsDisturbed |= IsRunning;
        return Task.CompletedTask;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void EnsureLoop()
    {
        if (IsRunning && _loop.IsCompleted && !_stop.IsCancellationRequested)
        {
            _loop = LoopAsync();
        }
    }

    private async Task EndAsync(TaskRunStatus status, string? failure)
    {
        // First: of a task that has ended nobody would.
        await ForgetSnapshotAsync();
        (_state.State.Status, _state.State.Failure, _run) = (status, failure, null);
        await StoreAsync();
        await GrainFactory.GetGrain<IPopulationTasks>(Spec.Population).DetachAsync(Name);
        await NoteAsync();
        _programs.Forget(Name);
        await ForgetReminderAsync();
    }

    // What a write that failed has left in memory is not what is stored; what has been recorded meanwhile is, and what has been erased.
    private async Task ReadAgainAsync()
    {
        var isDisturbed = _state.State.IsDisturbed;
        await _state.ReadStateAsync();
        _state.State.IsDisturbed |= isDisturbed;
        _state.State.IsRecorded |= _recent.Any(record => record.Round == _state.State.Round);
    }

    private async Task StoreAsync()
    {
        try
        {
            await _state.WriteStateAsync();
        }
        catch (InconsistentStateException exception)
        {
            throw new SupersededException(Name, exception);
        }
    }
}
