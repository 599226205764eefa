using System.Collections.Immutable;
using System.Globalization;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Populations;

namespace Sheaf.Grains.Rounds;

/// <content>Going back to before some devices, and running the rounds since then again without them.</content>
internal sealed partial class RoundCoordinatorGrain
{
    /// <inheritdoc/>
    public async Task<UnlearningPlan> PlanUnlearningAsync(ImmutableArray<string> deviceIds)
    {
        await EnsureErasedAsync(deviceIds);
        await EnsureEpochAsync();
        var without = deviceIds.ToImmutableSortedSet(StringComparer.Ordinal);
        var first = await FirstUsedAsync(without);
        if (first == 0)
        {
            return new UnlearningPlan([.. without], 0, _state.State.Round, 0, 0, 0, []);
        }

        var clean = _state.State.Kept.LastOrDefault(kept => kept.Round < first)?.Round ?? 0;
        var (updates, seconds, lost) = (0L, 0.0, ImmutableArray.CreateBuilder<LostRound>());
        for (var round = clean + 1; round <= _state.State.Round; round++)
        {
            var (record, cohort) = await _log.ReadLedgerAsync(round);
            updates += cohort.TrainedPlaces.Count(place => !without.Contains(cohort.Devices[place]));
            seconds += record.Seconds.Where(phase => phase.Key != RoundPhase.Evaluate).Sum(phase => phase.Value);
            if (await CountLostAsync(round, cohort, without) is > 0 and var devices)
            {
                lost.Add(new LostRound(round, devices));
            }
        }

        return new UnlearningPlan([.. without], first, clean, _state.State.Round - clean, updates, seconds, lost.ToImmutable());
    }

    /// <inheritdoc/>
    public async Task<UnlearningPlan> UnlearnAsync(ImmutableArray<string> deviceIds, UnlearningMode mode)
    {
        var plan = await PlanUnlearningAsync(deviceIds);
        if (plan.IsNothingToDo && _state.State.Unlearning is null)
        {
            return plan;
        }

        if (mode == UnlearningMode.Replay && !plan.Lost.IsEmpty)
        {
            var rounds = string.Join(", ", plan.Lost.Select(lost => lost.Round.ToString(CultureInfo.InvariantCulture)));
            throw new InvalidOperationException(
                $"Rounds {rounds} of task '{Name}' cannot be run again: devices no longer hold what they used in them. Train anew from the checkpoint of round {plan.CleanRound}, which none of the devices touched.");
        }

        // What is committed while the plan was made is run again, too.
        await _stop.CancelAsync();
        await _loop;
        try
        {
            await ReadAgainAsync();
            GoBack(plan, mode);
            await GrainFactory.GetGrain<IPopulationTasks>(Spec.Population).AttachAsync(Name);
            await StoreAsync();
        }
        finally
        {
            // This activation cannot take its stop back; the next one finds the task running.
            DeactivateOnIdle();
        }

        return plan;
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

        try
        {
            var without = _state.State.Unlearning!.Devices.ToImmutableHashSet(StringComparer.Ordinal);
            var next = await run.ReplayAsync(cohort, without, _stop.Token);
            return (next, next is null ? RoundRecords.ReasonOf(run, Spec.Plan.MinimumReports) : null);
        }
        catch (RoundAbandonedException exception)
        {
            // As it is a round that was committed, another try is made, and after a few the task says why it cannot go on.
            throw new InvalidOperationException($"Round {run.Key.Round} could not be run again: {exception.Message}", exception);
        }
    }

    private void GoBack(UnlearningPlan plan, UnlearningMode mode)
    {
        var (state, began) = (_state.State, _time.GetUtcNow());
        var earlier = state.Unlearning;
        var last = Math.Max(state.Round, earlier?.LastRound ?? 0);
        if (!plan.IsNothingToDo)
        {
            // Rounds may have been committed since the plan was made, and checkpoints let go.
            var clean = state.Kept.LastOrDefault(kept => kept.Round < plan.FirstUsed);
            Array.ForEach([state.Checkpoint, state.Previous], Retire);
            foreach (var kept in state.Kept.Where(kept => kept.Round > (clean?.Round ?? 0)).ToArray())
            {
                state.Kept.Remove(kept);
                Retire(kept.Checkpoint);
            }

            // Without one, the first checkpoint is made again.
            (state.Checkpoint, state.Previous, state.Round) = (clean?.Checkpoint, null, clean?.Round ?? 0);
        }

        (state.Status, state.Failure, state.IsRecorded, state.IsDisturbed) = (TaskRunStatus.Running, null, true, true);
        var devices = plan.Devices.Union(earlier?.Devices ?? []).Order(StringComparer.Ordinal).ToImmutableArray();
        state.Unlearning = mode == UnlearningMode.Replay ? new UnlearningState(devices, state.Round, last, began) : null;
        if (mode == UnlearningMode.TrainAnew)
        {
            state.Unlearned.Add(new UnlearningRecord(devices, state.Round, state.Round, began, began));
        }
    }

    private async Task<int> FirstUsedAsync(ImmutableSortedSet<string> devices)
    {
        for (var round = 1; round <= _state.State.Round; round++)
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
            return await run.RecallAsync(cohort, without, _stop.Token);
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

    // Sessions on other silos go by the epoch; a task that has ended has none of its own.
    private Task EnsureEpochAsync() => IsRunning ? _takeover.Task : TakeOverAsync();
}
