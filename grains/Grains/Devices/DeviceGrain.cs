using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Storage;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>One device. It lives where its slice runs, and its examples never leave that process.</summary>
[PreferLocalPlacement]
internal sealed class DeviceGrain : Grain, IDevice, IDeviceIntake, IDeviceWork
{
    private readonly DeviceStore _store;
    private readonly PopulationCatalog _catalog;
    private readonly SliceSessions _sessions;
    private readonly ILocalSiloDetails _silo;
    private readonly TimeProvider _time;
    private string _population = "";
    private string _deviceId = "";
    private PopulationView _view = null!;

    /// <summary>Made by the runtime.</summary>
    public DeviceGrain(IServiceProvider services, PopulationCatalog catalog, SliceSessions sessions, ILocalSiloDetails silo, TimeProvider time)
    {
        (_catalog, _sessions, _silo, _time) = (catalog, sessions, silo, time);
        _store = new DeviceStore(services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider), GrainContext.GrainId);
    }

    private DeviceState State => _store.State;

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
    }

    public async Task<DeviceCounts> TakeInAsync(ImmutableArray<Arrival> rows, int period)
    {
        if (DeviceWindow.TakeIn(State, rows, period, _view))
        {
            await StoreAsync();
        }

        // Rows say when they were made, not what time it is: what is too much or too old goes when the period is settled.
        return DeviceWindow.HeldOf(State, _deviceId, new PopulationMoment(period, DateTimeOffset.MinValue, IsSettled: false), _view);
    }

    public async Task<DeviceCounts> ExpireAsync(PopulationMoment moment)
    {
        if (DeviceWindow.Expire(State, _deviceId, moment, _view))
        {
            await StoreAsync();
        }

        return DeviceWindow.CountsOf(State, _deviceId, moment, _view);
    }

    public async Task<ContributionAnswer> ContributeAsync(ContributionCall call)
    {
        if (call.Silo != _silo.SiloAddress)
        {
            // Examples do not travel: the device goes, and reads them from storage where its slice is. It must move rather than fall asleep:
            // silos remember where it was, and would wake it here again.
            PlacementHint.Set(call.Silo);
            this.MigrateOnIdle();
            return ContributionAnswer.Elsewhere;
        }

        var isPulled = DeviceWindow.Pull(State, _deviceId, _view, call.Moment.Period);
        if (call.Slice.Kind == SliceKind.ScoreNew)
        {
            // New examples are scored before they are deleted, which the shard sees to when the period is settled. They are not stored until
            // then: they can be made again, and nothing is ever stored that must go.
            if (_view.Generator is not null && DeviceWindow.IsOverfull(State, _deviceId, call.Moment, _view))
            {
                await Shard().NoteOverfullAsync(_deviceId);
            }
        }
        else if ((call.Moment.IsSettled && DeviceWindow.Expire(State, _deviceId, call.Moment, _view)) || isPulled)
        {
            await StoreAsync();
        }

        return _sessions.Find(call.Slice)?.HandOver(call.Index, State.Examples, State.Made) ?? ContributionAnswer.SessionOver;
    }

    public async Task<DeviceStatus> GetStatusAsync()
    {
        var moment = await GrainFactory.GetGrain<IPopulation>(_population).GetMomentAsync();
        var counts = DeviceWindow.StatusOf(State, _deviceId, _view, moment);
        var examples = State.Examples;
        return new DeviceStatus(
            counts.Activity,
            counts.HeldOut,
            examples.Count > 0 ? examples[0].Time : null,
            examples.Count > 0 ? examples[^1].Time : null,
            [.. State.Receipts]);
    }

    public async Task<EraseReceipt> EraseAllAsync()
    {
        var population = GrainFactory.GetGrain<IPopulationTasks>(_population);
        var rowWatermark = await population.GetRowWatermarkAsync();
        var moment = await GrainFactory.GetGrain<IPopulation>(_population).GetMomentAsync();
        // Gone from memory and from storage first, so that nothing that starts from now on can use it; only then what is under way is fenced.
        var examples = DeviceWindow.EraseAll(State, rowWatermark, moment);
        await StoreAsync();
        await Shard().NoteAsync(DeviceWindow.CountsOf(State, _deviceId, moment, _view));

        var tasks = await population.GetTasksAsync();
        var fences = await Task.WhenAll(tasks.Select(task => GrainFactory.GetGrain<IRoundFence>(task).FenceAsync(_deviceId)));
        await _sessions.EvictAsync(_population, _deviceId);
        var receipt = new EraseReceipt(
            examples, _time.GetUtcNow(), [.. fences.Where(fence => fence.Outcome != EraseFenceOutcome.NotInCohort)]);
        State.Receipts.Add(receipt);
        await StoreAsync();
        return receipt;
    }

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

    private IActivityShard Shard() => GrainFactory.GetGrain<IActivityShard>(
        ShardKey.Of(_population, DevicePosition.ShardOf(DevicePosition.Of(_deviceId), _view.Spec.Shards)));
}
