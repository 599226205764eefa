using System.Diagnostics;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Erasures;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Telemetry;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Rounds;

/// <content>The loop: take over, run round after round, end.</content>
internal sealed partial class RoundCoordinatorGrain
{
    private const int FailuresMax = 5;
    private const int PausesMax = 30;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private ActivityContext? _traced;
    private long _epoch;
    private int _failures;
    private string? _stall;

    private async Task LoopAsync()
    {
        while (true)
        {
            try
            {
                if (_failures > 0)
                {
                    await Task.Delay(Math.Min(_failures, PausesMax) * RetryPause, _time, _stop.Token);
                    await ReadAgainAsync();
                }

                await (_takingOver = TakeOverAsync());
                await RunRoundsAsync();
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Cancelled, or the activation is going: the row says where the next one goes on.
                _takeover.TrySetException(new OrleansException($"The coordinator of task '{Name}' is stopping. Ask again."));
                return;
            }
            catch (SupersededException exception)
            {
                LogSuperseded(exception, Name);
                _takeover.TrySetException(new OrleansException($"The coordinator of task '{Name}' has moved. Ask again."));
                DeactivateOnIdle();
                return;
            }
            catch (BrokenStrategyException exception)
            {
                // It would break in every round.
                LogFailed(exception, Name);
                await FailAsync(exception.Message);
                return;
            }
            catch (Exception exception) when (StorageFailedException.In(exception) is { } storage)
            {
                // Without its storage the task can neither go on nor end. It says so, and tries until the storage is back.
                LogRetried(exception, Name, ++_failures);
                _stall = _failures > 1 ? storage.Message : null;
            }
            catch (Exception exception) when (++_failures < FailuresMax)
            {
                LogRetried(exception, Name, _failures);
            }
            catch (Exception exception)
            {
                // The boundary of the loop: a task that cannot go on says why instead of trying for ever.
                LogFailed(exception, Name);
                await FailAsync(exception.Message);
                return;
            }
        }
    }

    private async Task FailAsync(string reason)
    {
        _takeover.TrySetException(new OrleansException($"Task '{Name}' has failed: {reason}"));
        try
        {
            await ReadAgainAsync();
            await EndAsync(TaskRunStatus.Failed, reason);
        }
        catch (Exception exception)
        {
            // Not even that can be stored: the next activation finds the task running and tries again.
            LogFailed(exception, Name);
            DeactivateOnIdle();
        }
    }

    private async Task RunRoundsAsync()
    {
        // A storage that was restored from a backup may hold what has been erased since.
        await GrainFactory.GetGrain<IErasureLog>(0).ReapplyAsync(Spec.Population);
        await RemoveObsoleteAsync();
        if (_state.State.Checkpoint is null)
        {
            _state.State.Checkpoint = await GrainFactory.GetGrain<IAggregator>(Name).InitializeAsync(Spec);
            await StoreAsync();
        }

        if (!_state.State.IsRecorded)
        {
            await TellCommittedAsync(_state.State.Round);
        }

        if (!_state.State.IsRecorded && !(_state.State.IsRecorded = await _log.IsCompleteAsync(_state.State.Round)))
        {
            await EvaluateAsync((await _log.ReadAsync(_state.State.Round, _state.State.Round))[0], new PhaseClock(_time));
        }

        while (IsRunning && _state.State.Round < Spec.Plan.RoundsInAll)
        {
            _stop.Token.ThrowIfCancellationRequested();
            await EnterPeriodAsync(_state.State.Round + 1);
            await RunRoundAsync(_state.State.Round + 1);
        }

        // An unlearning gives a task that had ended otherwise back as it was.
        await EndAsync(IsRunning ? TaskRunStatus.Completed : _state.State.Status, _state.State.Failure);
    }

    private async Task RunRoundAsync(int round)
    {
        var clock = new PhaseClock(_time);
        var run = _resumed?.Key.Round == round ? _resumed : await NewRunAsync(round, clock);
        (_resumed, _run, _clock) = (null, run, run.Clock);
        clock = run.Clock;
        using var trace = clock.Trace = RoundTrace.Begin(run.Key, Spec.Plan, _traced);
        _traced = trace.Context;
        try
        {
            var isReplay = _state.State.Unlearning is { IsReplay: true };
            var (next, abandoned) = isReplay ? await ReplayAsync(run) : await TrainAsync(run);
            clock.Enter(RoundPhase.Commit);
            var checkpoint = (next ?? _state.State.Checkpoint!).Parameters.Hash;
            var (record, cohort) = isReplay
                ? await ReplayedAsync(run, next is not null, abandoned, checkpoint, clock)
                : (RoundRecords.Of(run, abandoned, checkpoint, _state.State.IsDisturbed, clock), RoundRecords.LedgerOf(run, isCommitted: next is not null));
            await _log.WriteAsync(_epoch, record, cohort);
            await (_commit = CommitAsync(run, round, next));
            (_failures, _stall) = (0, null);
            await run.ReleaseAsync();
            await run.ForgetSnapshotsAsync();
            await RemoveObsoleteAsync();
            await TellCommittedAsync(round);
            record = await EvaluateAsync(record, clock);
            trace.Describe(record);
            SheafMetrics.Count(Name, record);
            if (isReplay)
            {
                ForgetGiven();
            }

            if (record.Evaluation is not null)
            {
                await TellParticipationAsync();
            }
        }
        catch (Exception exception)
        {
            trace.Fail(exception);
            throw;
        }
        finally
        {
            run.EndCommit(isCommitted: false);
            await run.ReleaseAsync();
        }
    }

    private async Task<(CheckpointRef? Next, string? Abandoned)> TrainAsync(RoundRun run)
    {
        try
        {
            var next = await run.TrainAsync(await _resting.InAsync(run.Key.Round, Spec.Plan.Selection.MinimumGap), _reports, _stop.Token);
            return (next, next is null ? RoundRecords.ReasonOf(run, Spec.Plan.MinimumReports) : null);
        }
        catch (RoundAbandonedException exception)
        {
            // A round that cannot be finished is abandoned; the next one draws another cohort.
            LogAbandoned(exception, run.Key.Round, Name);
            run.Abandon();
            return (null, exception.Message);
        }
    }

    /// <summary>Writes the row, and lets erases know only what is stored, also when the answer to the write was lost.</summary>
    private async Task CommitAsync(RoundRun run, int round, CheckpointRef? next)
    {
        Advance(round, next);
        _state.State.VirtualTime += run.Duration;
        try
        {
            await StoreAsync();
        }
        catch (Exception exception) when (exception is not SupersededException)
        {
            await ReadAgainAsync();
            var stored = _state.State;
            if (stored.Epoch != _epoch || stored.Round != round || (next is not null && stored.Checkpoint != next))
            {
                throw;
            }
        }

        run.EndCommit(isCommitted: next is not null);
    }

    /// <summary>Tells devices that delete what they have trained on, before the next draw goes by what they hold.</summary>
    private async Task TellCommittedAsync(int round)
    {
        var population = GrainFactory.GetGrain<IPopulation>(Spec.Population);
        if ((await population.GetMomentAsync()).SeesCommits)
        {
            var shards = (await population.GetSpecAsync())!.Shards;
            var byShard = (await _log.ReadTrainedAsync(round)).ToLookup(device => DevicePosition.ShardOf(DevicePosition.Of(device), shards));
            await Task.WhenAll(byShard.Select(devices =>
                GrainFactory.GetGrain<IActivityShard>(ShardKey.Of(Spec.Population, devices.Key)).SeeCommitAsync(Name, round, [.. devices])));
        }
    }

    private async Task<RoundRecord> EvaluateAsync(RoundRecord record, PhaseClock clock)
    {
        // The last round of every period is judged: what a period came to must not depend on how often one looks.
        var every = Spec.Plan.Evaluation.Every;
        if (record.Round % Spec.Plan.Rounds == 0 || (every > 0 && record.Round % every == 0))
        {
            var run = await NewRunAsync(record.Round, clock);
            record = await ScoreAsync(run, record);
        }

        clock.Enter(RoundPhase.Idle);
        record = record with { Seconds = record.Seconds.SetItems(clock.Seconds) };
        await _log.WriteAsync(_epoch, record, null);
        _recent.Add(record);
        _recent.RemoveRange(0, Math.Max(0, _recent.Count - RecordsMax));
        _state.State.IsRecorded = true;
        if (record.Round == Spec.Plan.RoundsInAll)
        {
            await StoreAsync();
        }

        return record;
    }

    private async Task<RoundRecord> ScoreAsync(RoundRun run, RoundRecord record)
    {
        try
        {
            var evaluation = await run.EvaluateAsync(_state.State.Checkpoint!, SliceKind.Evaluate, _stop.Token, await MomentOfReplayAsync(record.Round));
            return record with { Evaluation = evaluation, Repeatable = record.Repeatable && run.Tally.IsRepeatable && !_state.State.IsDisturbed };
        }
        catch (RoundAbandonedException exception)
        {
            LogUnscored(exception, record.Round, Name);
            return record with { Evaluation = null, Repeatable = false };
        }
    }

    private async Task<RoundRun> NewRunAsync(int round, PhaseClock clock)
    {
        var run = await MakeRunAsync(round, clock);
        (_clock, _run) = (clock, run);
        return run;
    }

    private async Task<RoundRun> MakeRunAsync(int round, PhaseClock clock)
    {
        var population = await GrainFactory.GetGrain<IPopulation>(Spec.Population).GetSpecAsync()
            ?? throw new InvalidOperationException($"The population '{Spec.Population}' of task '{Name}' does not exist. Register it first.");
        return new RoundRun(
            GrainFactory, new RoundKey(Name, _epoch, round), Spec, _programs.Of(Name, Spec), _state.State.Checkpoint!, population, clock, _retry, _time, _logger)
        {
            Row = _snapshot,
            SnapshotOptions = _snapshotOptions,
            IsDisturbed = () => _state.State.IsDisturbed,
            Accelerated = _accelerated,
            Profiles = DeviceProfiles.Of(population.Behaviour),
            Start = _state.State.VirtualTime,
        };
    }

    private void Advance(int round, CheckpointRef? next)
    {
        var state = _state.State;
        if (next is not null)
        {
            Retire(state.Previous);
            (state.Previous, state.Checkpoint) = (state.Checkpoint, next);
        }

        (state.Round, state.IsRecorded) = (round, false);
        Keep(round);
        EndUnlearning(round);
    }
}
