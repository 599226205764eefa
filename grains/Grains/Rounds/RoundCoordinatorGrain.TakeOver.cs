using Sheaf.Abstractions.Devices;
using Sheaf.Grains.Placement;

namespace Sheaf.Grains.Rounds;

/// <content>Taking a task over, with what is stored of its round under way.</content>
internal sealed partial class RoundCoordinatorGrain
{
    private readonly RoundSnapshotOptions _snapshotOptions;
    private readonly SnapshotRow _snapshot;
    private Task _takingOver = Task.CompletedTask;
    private RoundRun? _resumed;

    /// <inheritdoc/>
    public Task StoreSumsAsync() => _run?.StoreSumsAsync() ?? Task.CompletedTask;

    /// <summary>Raises the epoch, ends what older epochs still hold on other silos, and finds what is stored of a round under way; only then may erases
    /// believe what this activation says.</summary>
    private async Task TakeOverAsync()
    {
        if (_epoch != 0 && _state.State.Epoch != _epoch)
        {
            throw new SupersededException(Name);
        }

        var epoch = ++_state.State.Epoch;
        await StoreAsync();
        _epoch = epoch;
        var round = new RoundKey(Name, _epoch, _state.State.Round + 1);
        var silos = _membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress);
        await Task.WhenAll(silos.Select(silo => RetireAsync(round, silo)));
        await ResumeAsync(round);
        if (_epoch > 1)
        {
            // The first one has nothing to take over. What a later one finds of an epoch before this one lacks what this one is told from here on.
            _state.State.TakenOver = _epoch;
            await StoreAsync();
        }

        await RemindAsync();
        _takeover.TrySetResult();
    }

    private async Task RetireAsync(RoundKey round, SiloAddress silo)
    {
        PlacementHint.Set(silo);
        try
        {
            await GrainFactory.GetGrain<ISiloSum>(ISiloSum.KeyOf(round, silo.ToParsableString(), generation: 0)).RetireAsync(round, silo.ToParsableString());
        }
        catch (SiloUnavailableException exception)
        {
            // A silo that is gone holds nothing.
            LogUnreachable(exception, Name);
        }
    }

    /// <summary>Goes on with the round under way, if it is stored how far it has come; anything else that is stored of a round is of no use.</summary>
    private async Task ResumeAsync(RoundKey round)
    {
        _resumed = null;
        while (await _snapshot.ReadAsync() is { } snapshot)
        {
            if (!IsOf(snapshot, round))
            {
                await DiscardAsync(snapshot);
                return;
            }

            var run = await MakeRunAsync(round.Round, new PhaseClock(_time));
            if (await run.TryResumeAsync(snapshot))
            {
                _state.State.IsDisturbed |= snapshot.IsDisturbed;
                _resumed = run;
                var (updates, devices) = run.Kept();
                LogResumed(round.Round, Name, updates, devices);
                return;
            }

            // Whoever was there before has written an erase down at this very moment.
        }
    }

    // Of an epoch in between that had taken over, and wrote nothing down, erases would be missing; one that died before has been told of none.
    private bool IsOf(RoundSnapshot snapshot, RoundKey round) =>
        IsRunning
        && _state.State.Unlearning is not { IsReplay: true }
        && snapshot.Epoch < round.Epoch
        && snapshot.Epoch >= _state.State.TakenOver
        && snapshot.Round == round.Round
        && snapshot.Start == _state.State.Checkpoint?.Parameters;

    /// <summary>Deletes what is stored of a round under way, if anything is.</summary>
    private async Task ForgetSnapshotAsync()
    {
        await (_run?.ForgetSnapshotsAsync() ?? Task.CompletedTask);
        _resumed = null;
        if (await _snapshot.ReadAsync() is { } snapshot)
        {
            await DiscardAsync(snapshot);
        }
    }

    private async Task DiscardAsync(RoundSnapshot snapshot)
    {
        var chunks = SumChunks.CountOf(_programs.Of(Name, Spec).Architecture.ParameterCount);
        await SumSnapshots.DeleteAsync(GrainFactory, new RoundKey(Name, _epoch, snapshot.Round), [.. snapshot.Names], chunks);
        await _snapshot.RemoveAsync(Math.Max(_epoch, _state.State.Epoch));
    }

    /// <summary>Takes a device out of the round under way, whichever epoch's it is when that is done.</summary>
    private async Task<(int Round, EraseFenceOutcome Outcome)> FenceRoundAsync(string deviceId)
    {
        var (round, outcome) = (_state.State.Round, EraseFenceOutcome.NotInCohort);
        var run = _resumed ?? _run;
        while (run is not null)
        {
            try
            {
                (round, outcome) = (run.Key.Round, await run.FenceAsync(deviceId));
            }
            catch (SupersededException) when (!_takingOver.IsCompleted || (_resumed ?? _run)?.Key.Epoch > run.Key.Epoch)
            {
                // This very activation goes on with the round as another epoch.
                await _takingOver;
            }
            catch (SupersededException exception)
            {
                throw new OrleansException($"The coordinator of task '{Name}' has moved. Ask again.", exception);
            }

            var next = _resumed ?? _run;
            run = next?.Key.Epoch > run.Key.Epoch && next.Key.Round == run.Key.Round ? next : null;
        }

        return (round, outcome);
    }
}
