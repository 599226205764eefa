using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Models;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// Holds the task's row and drives its rounds, one after another, beside its calls: a loop on the grain's own turns. An activation that
/// takes over raises the epoch first, so whatever an older one still does cannot be written.
/// </summary>
[KeepAlive]
internal sealed partial class RoundCoordinatorGrain : Grain, IRoundCoordinator
{
    private const int RecordsMax = 100;
    private const int FailuresMax = 5;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly IPersistentState<TaskState> _state;
    private readonly TaskPrograms _programs;
    private readonly TimeProvider _time;
    private readonly ILogger<RoundCoordinatorGrain> _logger;
    private readonly RoundLog _log;
    private readonly RestingDevices _resting;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<RoundRecord> _recent = [];
    private Task _loop = Task.CompletedTask;
    private RoundRun? _run;
    private PhaseClock? _clock;
    private int _failures;

    /// <summary>Made by the runtime.</summary>
    public RoundCoordinatorGrain(
        [PersistentState(StorageNames.Task, StorageNames.Provider)] IPersistentState<TaskState> state,
        TaskPrograms programs,
        TimeProvider time,
        IServiceProvider services,
        ILogger<RoundCoordinatorGrain> logger)
    {
        (_state, _programs, _time, _logger) = (state, programs, time, logger);
        _log = new RoundLog(services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider), GrainContext.GrainId);
        _resting = new RestingDevices(_log);
    }

    private string Name => this.GetPrimaryKeyString();

    private TaskSpec Spec => _state.State.Spec!;

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
        if (_state.State.Spec is { } known)
        {
            if (!TaskSpecs.AreEqual(known, spec))
            {
                throw new InvalidOperationException($"The task '{Name}' exists with another specification. Choose another name for the new one.");
            }

            EnsureLoop();
            return;
        }

        _ = new TaskProgram(spec);
        await GrainFactory.GetGrain<IPopulation>(spec.Population).AttachAsync(Name);
        (_state.State.Spec, _state.State.Status) = (spec, TaskRunStatus.Running);
        await StoreAsync();
        EnsureLoop();
    }

    /// <inheritdoc/>
    public Task EnsureRunningAsync()
    {
        EnsureLoop();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<TaskProgress> GetProgressAsync(int afterRound)
    {
        var state = _state.State;
        var last = Math.Min(state.IsRecorded ? state.Round : state.Round - 1, afterRound + RecordsMax);
        var known = _recent.Where(record => record.Round > afterRound && record.Round <= last).ToImmutableArray();
        var records = known.Length == last - afterRound ? known : [.. await _log.ReadAsync(afterRound + 1, last)];
        var isRunning = state.Status == TaskRunStatus.Running;
        return new TaskProgress(
            state.Status,
            isRunning && _run is not null ? _run.Key.Round : state.Round,
            state.Spec?.Plan.Rounds ?? 0,
            isRunning ? _clock?.Phase ?? RoundPhase.Idle : RoundPhase.Idle,
            records,
            state.Failure);
    }

    /// <inheritdoc/>
    public async Task CancelAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        if (_state.State.Status == TaskRunStatus.Running)
        {
            await EndAsync(TaskRunStatus.Cancelled, null);
        }
    }

    /// <inheritdoc/>
    public async Task<EraseFence> FenceAsync(string deviceId)
    {
        var run = _run;
        var outcome = run is null ? EraseFenceOutcome.NotInCohort : await run.FenceAsync(deviceId);
        return new EraseFence(Name, run?.Key.Round ?? _state.State.Round, outcome);
    }

    private void EnsureLoop()
    {
        if (_state.State.Status == TaskRunStatus.Running && _loop.IsCompleted && !_stop.IsCancellationRequested)
        {
            _loop = LoopAsync();
        }
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            try
            {
                await RunRoundsAsync();
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Cancelled, or the activation is going: the row says where the next one goes on.
                return;
            }
            catch (InconsistentStateException exception)
            {
                LogSuperseded(exception, Name);
                DeactivateOnIdle();
                return;
            }
            catch (Exception exception) when (exception is not (ArgumentException or InvalidOperationException) && ++_failures < FailuresMax)
            {
                LogRetried(exception, Name, _failures);
                await Task.Delay(_failures * RetryPause, _time);
                await _state.ReadStateAsync();
            }
            catch (Exception exception)
            {
                // The boundary of the loop: a task that cannot go on says why instead of trying for ever.
                LogFailed(exception, Name);
                await EndAsync(TaskRunStatus.Failed, exception.Message);
                return;
            }
        }
    }

    private async Task RunRoundsAsync()
    {
        _state.State.Epoch++;
        await StoreAsync();
        await InitializeAsync();
        if (!_state.State.IsRecorded)
        {
            await EvaluateAsync((await _log.ReadAsync(_state.State.Round, _state.State.Round))[0], new PhaseClock(_time));
        }

        while (_state.State.Round < Spec.Plan.Rounds)
        {
            _stop.Token.ThrowIfCancellationRequested();
            await RunRoundAsync(_state.State.Round + 1);
        }

        await EndAsync(TaskRunStatus.Completed, null);
    }

    private async Task InitializeAsync()
    {
        if (_state.State.Checkpoint is null)
        {
            _state.State.Checkpoint = await GrainFactory.GetGrain<IAggregator>(Name).InitializeAsync(Spec);
            await StoreAsync();
        }
    }

    private async Task RunRoundAsync(int round)
    {
        var clock = new PhaseClock(_time);
        var run = await NewRunAsync(round, clock);
        CheckpointRef? next = null;
        string? abandoned = null;
        try
        {
            next = await run.TrainAsync(await _resting.InAsync(round, Spec.Plan.Selection.MinimumGap), _stop.Token);
            abandoned = next is null ? run.Cohort.Count == 0 ? "no device has any example to train on" : "no device of the cohort gave an update" : null;
        }
        catch (RoundAbandonedException exception)
        {
            LogAbandoned(exception, round, Name);
            abandoned = exception.Message;
        }
        catch
        {
            run.EndCommit(isCommitted: false);
            throw;
        }

        clock.Enter(RoundPhase.Commit);
        var record = RecordOf(run, abandoned, (next ?? _state.State.Checkpoint!).Parameters.Hash, clock);
        await _log.WriteAsync(record, LedgerOf(run));
        var previous = _state.State.Previous;
        Advance(round, next);
        try
        {
            await StoreAsync();
        }
        catch
        {
            run.EndCommit(isCommitted: false);
            throw;
        }

        run.EndCommit(isCommitted: next is not null);
        _failures = 0;
        await run.ReleaseAsync();
        await RemoveAsync(previous, next);
        await EvaluateAsync(record, clock);
    }

    private async Task EvaluateAsync(RoundRecord record, PhaseClock clock)
    {
        var every = Spec.Plan.Evaluation.Every;
        if (record.Round == Spec.Plan.Rounds || (every > 0 && record.Round % every == 0))
        {
            var run = await NewRunAsync(record.Round, clock);
            record = record with { Evaluation = await run.EvaluateAsync(_state.State.Checkpoint!, _stop.Token) };
        }

        clock.Enter(RoundPhase.Idle);
        record = record with { Seconds = record.Seconds.SetItems(clock.Seconds) };
        await _log.WriteAsync(record, null);
        _recent.Add(record);
        _recent.RemoveRange(0, Math.Max(0, _recent.Count - RecordsMax));
        _state.State.IsRecorded = true;
        if (record.Round == Spec.Plan.Rounds)
        {
            await StoreAsync();
        }
    }

    private async Task<RoundRun> NewRunAsync(int round, PhaseClock clock)
    {
        var population = await GrainFactory.GetGrain<IPopulation>(Spec.Population).GetSpecAsync()
            ?? throw new InvalidOperationException($"The population '{Spec.Population}' of task '{Name}' does not exist. Register it first.");
        _clock = clock;
        return _run = new RoundRun(
            GrainFactory, new RoundKey(Name, _state.State.Epoch, round), Spec, _programs.Of(Name, Spec), _state.State.Checkpoint!, population.Shards, clock, _time, _logger);
    }

    private void Advance(int round, CheckpointRef? next)
    {
        var state = _state.State;
        if (next is not null)
        {
            (state.Previous, state.Checkpoint) = (state.Checkpoint, next);
        }

        (state.Round, state.IsRecorded) = (round, false);
    }

    // Moments of FedAvg are the same bytes in every round, and a round may end where an earlier one did: only what nobody names is removed.
    private async Task RemoveAsync(CheckpointRef? old, CheckpointRef? next)
    {
        if (old is null || next is null)
        {
            return;
        }

        var kept = new[] { _state.State.Checkpoint!, _state.State.Previous! }.SelectMany(kept => new[] { kept.Parameters, kept.Moments }).ToHashSet();
        var model = GrainFactory.GetGrain<IModel>(Name);
        foreach (var blob in new[] { old.Parameters, old.Moments }.Where(blob => !kept.Contains(blob)))
        {
            await model.RemoveAsync(blob);
        }
    }

    private static RoundRecord RecordOf(RoundRun run, string? abandoned, string checkpoint, PhaseClock clock) => new(
        run.Key.Round,
        abandoned,
        run.Cohort.Count,
        run.Tally.Outcomes,
        run.Tally.Examples,
        run.Tally.MeanTrainLoss,
        null,
        run.Tally.TouchedParameters * sizeof(float),
        checkpoint,
        abandoned is null && run.Tally.IsRepeatable,
        run.Attempts,
        clock.Seconds);

    private static CohortLedger LedgerOf(RoundRun run)
    {
        var trained = new byte[(run.Cohort.Count + 7) / 8];
        foreach (var (device, _) in run.Outcomes.Where(pair => pair.Outcome == DeviceOutcome.Done))
        {
            trained[device / 8] |= (byte)(1 << (device % 8));
        }

        return new CohortLedger([.. run.Cohort.Select(device => device.DeviceId)], trained);
    }

    private async Task EndAsync(TaskRunStatus status, string? failure)
    {
        (_state.State.Status, _state.State.Failure, _run) = (status, failure, null);
        await StoreAsync();
        await GrainFactory.GetGrain<IPopulation>(Spec.Population).DetachAsync(Name);
        _programs.Forget(Name);
    }

    private Task StoreAsync() => _state.WriteStateAsync();

    [LoggerMessage(131, LogLevel.Warning, "Another activation has taken over task {Task}; this one stops.")]
    private partial void LogSuperseded(Exception exception, string task);

    [LoggerMessage(134, LogLevel.Warning, "Task {Task} goes on from its last commit after failure {Failures}.")]
    private partial void LogRetried(Exception exception, string task, int failures);

    [LoggerMessage(132, LogLevel.Error, "Task {Task} cannot go on.")]
    private partial void LogFailed(Exception exception, string task);

    [LoggerMessage(133, LogLevel.Warning, "Round {Round} of task {Task} is abandoned.")]
    private partial void LogAbandoned(Exception exception, int round, string task);
}
