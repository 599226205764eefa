using System.Collections.Immutable;
using System.Globalization;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Populations;

namespace Sheaf.Grains.Rounds;

/// <content>Going back to before some devices, and running the rounds since then again without them.</content>
internal sealed partial class RoundCoordinatorGrain
{
    private Task _goingBack = Task.CompletedTask;
    private int _passes;

    /// <inheritdoc/>
    public async Task<UnlearningPlan> PlanUnlearningAsync(ImmutableArray<string> deviceIds)
    {
        await EnsureErasedAsync(deviceIds);
        // Sessions on other silos go by the epoch; a task that has ended has none of its own.
        await (IsRunning ? _takeover.Task : TakeOverAsync());
        return await PlanAsync(deviceIds);
    }

    /// <inheritdoc/>
    public async Task<UnlearningPlan> UnlearnAsync(ImmutableArray<string> deviceIds, UnlearningMode mode)
    {
        await EnsureErasedAsync(deviceIds);
        var going = UnlearnOnceAsync(deviceIds, mode);
        _goingBack = going;
        return await going;
    }

    private async Task<UnlearningPlan> UnlearnOnceAsync(ImmutableArray<string> deviceIds, UnlearningMode mode)
    {
        // Stopped first, so that the plan is of all that is committed; whatever comes of it, the task goes on here.
        var began = _time.GetUtcNow();
        await _stop.CancelAsync();
        await _loop;
        try
        {
            await ReadAgainAsync();
            await TakeOverAsync();
            var plan = await PlanAsync(deviceIds);
            if (!plan.IsNothingToDo)
            {
                EnsureRepeatable(plan, mode);
                await GrainFactory.GetGrain<IPopulationTasks>(Spec.Population).AttachAsync(Name);
                await _reports.GoBackAsync(plan.CleanRound);
                await ForgetSnapshotAsync();
                GoBack(plan, mode, began);
                await StoreAsync();
            }

            return plan;
        }
        catch
        {
            await ReadAgainAsync();
            throw;
        }
        finally
        {
            Renew();
        }
    }

    private async Task<UnlearningPlan> PlanAsync(ImmutableArray<string> deviceIds)
    {
        var state = _state.State;
        // What is not run again yet of an unlearning under way is still to be run again, without those devices as well.
        var last = Math.Max(state.Round, state.Unlearning?.LastRound ?? 0);
        var without = deviceIds.Union(state.Unlearning?.Devices ?? []).ToImmutableSortedSet(StringComparer.Ordinal);
        // An unlearning that could not go on still has its next round to do.
        var first = await FirstUsedAsync(without, last) is > 0 and var used ? used : state.Unlearning is null ? 0 : state.Round + 1;
        if (first == 0)
        {
            return new UnlearningPlan([.. without], 0, state.Round, 0, 0, 0, []);
        }

        var clean = first > state.Round ? state.Round : state.Kept.LastOrDefault(kept => kept.Round < first)?.Round ?? 0;
        var (updates, seconds, lost) = (0L, 0.0, ImmutableArray.CreateBuilder<LostRound>());
        _passes++;
        for (var round = clean + 1; round <= last; round++)
        {
            var (record, cohort) = await _log.ReadLedgerAsync(round);
            updates += cohort.TrainedPlaces.Count(place => !without.Contains(cohort.Devices[place]));
            seconds += record.Seconds.Where(phase => phase.Key != RoundPhase.Evaluate).Sum(phase => phase.Value);
            if (await CountLostAsync(round, cohort, without) is > 0 and var devices)
            {
                lost.Add(new LostRound(round, devices));
            }
        }

        return new UnlearningPlan([.. without], first, clean, last - clean, updates, seconds, lost.ToImmutable());
    }

    private void EnsureRepeatable(UnlearningPlan plan, UnlearningMode mode)
    {
        if (mode == UnlearningMode.Replay && !plan.Lost.IsEmpty)
        {
            var rounds = string.Join(", ", plan.Lost.Select(lost => lost.Round.ToString(CultureInfo.InvariantCulture)));
            throw new InvalidOperationException(
                $"Rounds {rounds} of task '{Name}' cannot be run again: devices no longer hold what they used in them. Train anew from the checkpoint of round {plan.CleanRound}, which none of the devices touched.");
        }
    }

    /// <inheritdoc/>
    public async Task<ModelInfluence> GetInfluenceAsync(int devicesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(devicesMax);
        var byDevice = new Dictionary<string, DeviceInfluence>(StringComparer.Ordinal);
        for (var round = 1; round <= _state.State.Round; round++)
        {
            foreach (var device in await _log.ReadTrainedAsync(round))
            {
                byDevice[device] = byDevice.TryGetValue(device, out var known)
                    ? known with { Updates = known.Updates + 1, LastRound = round }
                    : new DeviceInfluence(device, 1, round, round);
            }
        }

        return new ModelInfluence(
            _state.State.Round,
            byDevice.Values.Sum(device => (long)device.Updates),
            byDevice.Count,
            [.. byDevice.Values.OrderByDescending(device => device.Updates).ThenBy(device => device.Device, StringComparer.Ordinal).Take(devicesMax)],
            [.. _state.State.Unlearned]);
    }

    /// <summary>Runs a round again, as it is written down.</summary>
    private async Task<(CheckpointRef? Next, string? Abandoned)> ReplayAsync(RoundRun run)
    {
        var (record, cohort) = await _log.ReadLedgerAsync(run.Key.Round);
        if (record.Abandoned is not null)
        {
            // It made no checkpoint, with or without them.
            return (null, record.Abandoned);
        }

        var unlearning = _state.State.Unlearning!;
        try
        {
            var next = await run.ReplayAsync(cohort, unlearning.Devices.ToImmutableHashSet(StringComparer.Ordinal), _stop.Token);
            return (next, next is not null ? null : run.Cohort.Count == 0 ? "all devices that trained have been unlearnt" : RoundRecords.ReasonOf(run, Spec.Plan.MinimumReports));
        }
        catch (RoundNotRepeatedException exception) when (!_stop.IsCancellationRequested)
        {
            await LeaveOutErasedAsync(unlearning, exception);
            throw new InvalidOperationException($"{exception.Message} Unlearn again, anew from the checkpoint of round {_state.State.Round}, which is clean.", exception);
        }
        catch (RoundAbandonedException exception)
        {
            // As it is a round that was committed, another try is made, and after a few the task says why it cannot go on.
            throw new InvalidOperationException($"Round {run.Key.Round} could not be run again: {exception.Message}", exception);
        }
    }

    /// <summary>Who has erased something since the unlearning began is left out as well: the next try runs the round without them.</summary>
    private async Task LeaveOutErasedAsync(UnlearningState unlearning, RoundNotRepeatedException exception)
    {
        var statuses = await Task.WhenAll(exception.Devices.Select(id => GrainFactory.GetGrain<IDevice>(DeviceKey.Of(Spec.Population, id)).GetStatusAsync()));
        string[] erased = [.. exception.Devices.Where((_, at) => statuses[at].Receipts.Any(receipt => receipt.LogicallyErasedAt >= unlearning.Began))];
        if (erased.Length > 0)
        {
            _state.State.Unlearning = unlearning with { Devices = [.. unlearning.Devices.Union(erased).Order(StringComparer.Ordinal)] };
            await StoreAsync();
        }
    }

    private async Task<(RoundRecord Record, CohortLedger Cohort)> ReplayedAsync(RoundRun run, bool isCommitted, string? abandoned, string checkpoint, PhaseClock clock)
    {
        var (before, cohort) = await _log.ReadLedgerAsync(run.Key.Round);
        var record = RoundRecords.OfReplay(run, before, abandoned, checkpoint, clock);
        return (record, before.Abandoned is null ? run.ReplayedLedger(isCommitted) : cohort);
    }

    /// <summary>The moment by whose examples a round is judged: its own, when it was run again.</summary>
    private async Task<PopulationMoment?> MomentOfReplayAsync(int round) =>
        _state.State.Unlearned.Any(record => round > record.CleanRound && round <= record.LastRound) || _state.State.Unlearning is { IsReplay: true }
            ? (await _log.ReadLedgerAsync(round)).Cohort.Moment
            : null;

    private void GoBack(UnlearningPlan plan, UnlearningMode mode, DateTimeOffset began)
    {
        var (state, earlier) = (_state.State, _state.State.Unlearning);
        var (then, failure) = earlier is null ? (state.Status, state.Failure) : (earlier.Then, earlier.ThenFailure);
        var last = Math.Max(state.Round, earlier?.LastRound ?? 0);
        if (plan.CleanRound < state.Round)
        {
            Retire(state.Checkpoint);
            Retire(state.Previous);
            KeepUpTo(plan.CleanRound);
            // Without one, the first checkpoint is made again.
            state.Checkpoint = state.Kept.Find(kept => kept.Round == plan.CleanRound)?.Checkpoint;
            (state.Previous, state.Round, state.IsRecorded) = (null, plan.CleanRound, true);
        }

        // A task that has completed is completed again by its last round.
        (state.Status, state.Failure, state.IsDisturbed) = (TaskRunStatus.Running, null, true);
        state.Unlearning = new UnlearningState(
            plan.Devices,
            Math.Min(plan.CleanRound, earlier?.CleanRound ?? plan.CleanRound),
            last,
            earlier?.Began ?? began,
            mode == UnlearningMode.Replay,
            then == TaskRunStatus.Completed ? TaskRunStatus.Running : then,
            failure);
    }

    private void EndUnlearning(int round)
    {
        var state = _state.State;
        if (state.Unlearning is { } unlearning && round >= unlearning.LastRound)
        {
            state.Unlearned.Add(new UnlearningRecord(
                unlearning.Devices, unlearning.CleanRound, unlearning.IsReplay ? unlearning.LastRound : unlearning.CleanRound, unlearning.Began, _time.GetUtcNow()));
            (state.Unlearning, state.Status, state.Failure) = (null, unlearning.Then, unlearning.ThenFailure);
        }
    }

    /// <summary>Begins anew here, as another activation would elsewhere.</summary>
    private void Renew()
    {
        (_stop, _takeover, _run, _clock) = (new CancellationTokenSource(), NewSignal(), null, null);
        (_resting, _reports) = (new RestingDevices(_log), new DeviceReports(_log, _storage, GrainContext.GrainId));
        (_scoredPeriod, _enteredPeriod, _failures, _stall) = (-1, -1, 0, null);
        _recent.Clear();
        _periods.Clear();
        EnsureLoop();
    }

    private async Task<int> FirstUsedAsync(ImmutableSortedSet<string> devices, int last)
    {
        for (var round = 1; round <= last; round++)
        {
            if ((await _log.ReadTrainedAsync(round)).Any(devices.Contains))
            {
                return round;
            }
        }

        return 0;
    }

    private async Task<int> CountLostAsync(int round, CohortLedger cohort, ImmutableSortedSet<string> without)
    {
        // Not the round under way: nothing is held of it that an erase would have to fence.
        var run = await MakeRunAsync(round, new PhaseClock(_time));
        try
        {
            return await run.RecallAsync(cohort, without, _passes, CancellationToken.None);
        }
        catch (Exception exception) when (exception is RoundNotRepeatedException or RoundAbandonedException)
        {
            throw new InvalidOperationException($"Devices of task '{Name}' could not be asked what they still hold: {exception.Message} Try again.");
        }
    }

    private async Task EnsureErasedAsync(ImmutableArray<string> deviceIds)
    {
        if (!_state.RecordExists || _state.State.Checkpoint is null)
        {
            throw new InvalidOperationException($"The task '{Name}' has no checkpoint: there is nothing to unlearn.");
        }

        if (deviceIds.IsDefaultOrEmpty)
        {
            throw new ArgumentException("No device is named. Name those that are to be unlearnt.");
        }

        var statuses = await Task.WhenAll(deviceIds.Select(id => GrainFactory.GetGrain<IDevice>(DeviceKey.Of(Spec.Population, id)).GetStatusAsync()));
        string[] held = [.. deviceIds.Where((_, at) => statuses[at].Receipts.IsEmpty)];
        if (held.Length > 0)
        {
            throw new ArgumentException($"Nothing of {string.Join(", ", held.Select(id => $"'{id}'"))} has been erased. Erase it first: a model that unlearns data which is still there would learn it again.");
        }
    }
}
