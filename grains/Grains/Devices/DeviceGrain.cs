using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Storage;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Erasures;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Telemetry;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>One device. It lives where its slice runs, and its examples never leave that process.</summary>
[PreferLocalPlacement]
internal sealed partial class DeviceGrain : Grain, IDevice, IDeviceIntake, IDeviceWork, IDeviceErasure, IIncomingGrainCallFilter
{
    private readonly DeviceStore _store;
    private readonly PopulationCatalog _catalog;
    private readonly SliceSessions _sessions;
    private readonly IStorageCleaner _cleaner;
    private readonly ReserveChooser _reserves;
    private readonly ILocalSiloDetails _silo;
    private readonly AwakeDevices _awake;
    private readonly TimeProvider _time;
    private string _population = "";
    private string _deviceId = "";
    private PopulationView _view = null!;
    private DeviceData _data = null!;
    private Held? _held;
    private AwakeDevices.Place? _place;

    /// <summary>Made by the runtime.</summary>
    public DeviceGrain(
        IServiceProvider services,
        PopulationCatalog catalog,
        SliceSessions sessions,
        IStorageCleaner cleaner,
        ReserveChooser reserves,
        ILocalSiloDetails silo,
        AwakeDevices awake,
        TimeProvider time)
    {
        (_catalog, _sessions, _cleaner, _reserves, _silo, _awake, _time) = (catalog, sessions, cleaner, reserves, silo, awake, time);
        _store = new DeviceStore(services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider), GrainContext.GrainId);
    }

    private DeviceState State => _store.State;

    private IPopulationTasks Population => GrainFactory.GetGrain<IPopulationTasks>(_population);

    private IActivityShard Shard => GrainFactory.GetGrain<IActivityShard>(
        ShardKey.Of(_population, DevicePosition.ShardOf(DevicePosition.Of(_deviceId), _view.Spec.Shards)));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_population, _deviceId) = DeviceKey.Parse(this.GetPrimaryKeyString());
        _view = await _catalog.FindAsync(_population);
        if (_view.Generator is { } generator && !generator.Knows(_deviceId))
        {
            throw new ArgumentException(
                $"The population '{_population}' has no device '{_deviceId}'. Its devices are 0 to {generator.Population.Devices - 1}.");
        }

        await _store.ReadAsync();
        _data = DeviceData.Of(State, _deviceId, _view);
        _place = _awake.Wake(GrainContext, () => _held is { } held && HolderOf(held) is not null);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_place is { } place)
        {
            _awake.Sleep(place);
        }

        return Task.CompletedTask;
    }

    async Task IIncomingGrainCallFilter.Invoke(IIncomingGrainCallContext context)
    {
        _awake.Begin(_place!);
        try
        {
            await context.Invoke();
        }
        finally
        {
            _awake.End(_place!);
        }
    }

    public async Task<DeviceCounts> TakeInAsync(ImmutableArray<Arrival> rows, int period)
    {
        var before = State.Examples.Count;
        if (_data.TakeIn(rows, period))
        {
            await StoreAsync();
            SheafMetrics.CountTakenIn(_population, State.Examples.Count - before);
        }

        return _data.CountsHeld(period);
    }

    public async Task<DeviceCounts> ExpireAsync(PopulationMoment moment)
    {
        await LookAsync(moment);
        await DeleteExpiredAsync(moment);
        return _data.CountsFor(moment);
    }

    public async Task<ContributionAnswer> ContributeAsync(ContributionCall call)
    {
        if (call.Slice.Kind == SliceKind.Train && AnswerWhileHeld(call.Slice) is { } held)
        {
            return held;
        }

        if (call.Silo != _silo.SiloAddress)
        {
            // Examples do not travel: the device goes, and reads them from storage where its slice is. It must move rather than fall asleep:
            // silos remember where it was, and would wake it here again.
            PlacementHint.Set(call.Silo);
            this.MigrateOnIdle();
            return ContributionAnswer.Elsewhere;
        }

        await LookAsync(call.Moment);
        // New examples are scored before they are deleted, which the shard sees to when the period is settled.
        if (call.Slice.Kind != SliceKind.ScoreNew && call.Moment.IsSettled)
        {
            await DeleteExpiredAsync(call.Moment);
        }

        if (_sessions.Find(call.Slice) is not { } session)
        {
            return ContributionAnswer.SessionOver;
        }

        var examples = _data.HeldAt(call.Moment);
        if (call.Then is { } then)
        {
            // What it had then, as far as it still holds it: nothing that has been deleted comes back.
            examples = _data.Kept([.. examples.Where(example => example.Period <= then.Period)], new RetentionMoment(then.Time, then.Period));
        }
        else if (call.Slice.Kind == SliceKind.Train && _data.Policy.TrainOnce)
        {
            await RememberAsync(call.Slice, session.UsedOf(call.Index, examples));
        }

        var answer = session.HandOver(call.Index, examples, () => _data.MadeAt(call.Moment));
        if (call.Slice.Kind == SliceKind.Train && answer == ContributionAnswer.HandedOver)
        {
            _held = new Held(call.Slice, call.Index);
        }

        return answer;
    }

    public async Task<DeviceStatus> GetStatusAsync()
    {
        var moment = await LookAsync();
        var counts = _data.CountsAt(moment);
        var examples = _data.HeldAt(moment);
        return new DeviceStatus(
            counts.Activity,
            counts.HeldOut,
            examples.Count > 0 ? examples[0].Time : null,
            examples.Count > 0 ? examples[^1].Time : null,
            [.. State.Receipts],
            _data.HasOwnPolicy ? State.Own! : _view.Spec.Retention,
            _data.HasOwnPolicy,
            _data.NextExpiryAt(moment),
            State.IsWithdrawn);
    }

    public async Task SetRetentionAsync(RetentionSpec? policy)
    {
        var moment = await LookAsync();
        if (policy is not null)
        {
            var least = State.Own is { } own ? own.Version + (own == policy ? 0 : 1) : 0;
            RetentionPolicies.EnsureUsable(policy, $"The device '{_deviceId}'", Math.Max(moment.PolicyVersion, least));
            if (policy.TrainOnce)
            {
                await Population.NoteTrainOnceAsync();
            }
        }

        // What the policy so far does not allow is gone for good, whatever the next one says; each chooses its own reserve.
        if (moment.IsSettled)
        {
            await DeleteExpiredAsync(moment);
        }

        _data.SetPolicy(policy, moment);
        if (moment.IsSettled)
        {
            await DeleteExpiredAsync(moment);
        }

        await StoreAsync();
        await Shard.NoteAsync(_data.CountsFor(moment), hasReceipt: false);
        await DisturbAsync();
    }

    private async Task DeleteExpiredAsync(PopulationMoment moment)
    {
        var candidates = _data.ReserveCandidates(moment);
        var reserve = candidates.Count == 0 ? null : await _reserves.ChooseAsync(_population, candidates, _data.Policy.Reserve);
        var before = State.Examples.Count;
        if (_data.Expire(moment, reserve))
        {
            await StoreAsync();
            SheafMetrics.CountDeleted(_population, "expired", before - State.Examples.Count);
            if (_view.Generator is not null)
            {
                await Shard.NoteAsync(_data.CountsFor(moment), hasReceipt: false);
            }
        }
    }

    // What a device does by what its owner wants, no study and no seed says.
    private async Task DisturbAsync() =>
        await Task.WhenAll((await Population.GetTasksAsync()).Select(task => GrainFactory.GetGrain<IRoundFence>(task).DisturbAsync()));

    private async ValueTask<PopulationMoment> LookAsync()
    {
        var moment = await GrainFactory.GetGrain<IPopulation>(_population).GetMomentAsync();
        await LookAsync(moment);
        return moment;
    }

    // A moment says which policy holds.
    private async ValueTask LookAsync(PopulationMoment moment)
    {
        if (moment.PolicyVersion > _view.Retention.Version)
        {
            _view = await _catalog.FindAsync(_population, moment.PolicyVersion);
            _data = DeviceData.Of(State, _deviceId, _view);
        }
    }

    /// <summary>What a slice is told while another task's holds the device's examples; null when none does.</summary>
    private ContributionAnswer? AnswerWhileHeld(SliceKey asking)
    {
        if (_held is not { } held || held.Slice.Task == asking.Task || HolderOf(held) is not { } holder)
        {
            return null;
        }

        return holder.IsGathering && string.CompareOrdinal(asking.Task, held.Slice.Task) > 0 ? ContributionAnswer.Yield : ContributionAnswer.Busy;
    }

    /// <summary>The session that still holds what the device has handed over; null when none does.</summary>
    private SliceSession? HolderOf(Held held) => _sessions.Find(held.Slice) is { } holder && holder.IsHolding(held.Index) ? holder : null;

    private async Task StoreAsync()
    {
        try
        {
            State.Version++;
            await _store.WriteAsync();
        }
        catch
        {
            // What is in memory is not what is stored: the next call must start from what is stored.
            DeactivateOnIdle();
            throw;
        }
    }

    private sealed record Held(SliceKey Slice, int Index);
}
