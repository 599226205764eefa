using System.Collections.Immutable;
using Orleans.Placement;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>One device. It lives where its slice runs, and its examples never leave that process.</summary>
[PreferLocalPlacement]
internal sealed class DeviceGrain(
    [PersistentState(StorageNames.Device, StorageNames.Provider)] IPersistentState<DeviceState> state,
    PopulationCatalog catalog,
    SliceSessions sessions,
    ILocalSiloDetails silo,
    TimeProvider clock) : Grain, IDevice, IDeviceIntake, IDeviceWork
{
    private string _population = "";
    private string _deviceId = "";
    private PopulationView _view = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_population, _deviceId) = DeviceKey.Parse(this.GetPrimaryKeyString());
        _view = await catalog.FindAsync(_population);
    }

    public async Task<DeviceCounts> TakeInAsync(ImmutableArray<Arrival> rows)
    {
        if (DeviceWindow.TakeIn(state.State, rows, _view) | DeviceWindow.Expire(state.State, rows[^1].Time, _view))
        {
            await StoreAsync();
        }

        return DeviceWindow.CountsOf(state.State, _deviceId);
    }

    public async Task<DeviceCounts> ExpireAsync(DateTimeOffset time)
    {
        if (DeviceWindow.Expire(state.State, time, _view))
        {
            await StoreAsync();
        }

        return DeviceWindow.CountsOf(state.State, _deviceId);
    }

    public async Task<ContributionAnswer> ContributeAsync(ContributionCall call)
    {
        if (call.Silo != silo.SiloAddress)
        {
            // Examples do not travel: the device goes, and wakes from storage where its slice is.
            DeactivateOnIdle();
            return ContributionAnswer.Elsewhere;
        }

        if (DeviceWindow.Pull(state.State, _deviceId, _view) | DeviceWindow.Expire(state.State, call.Time, _view))
        {
            await StoreAsync();
        }

        return sessions.Find(call.Slice)?.HandOver(call.Index, state.State.Examples) ?? ContributionAnswer.SessionOver;
    }

    public Task<DeviceStatus> GetStatusAsync()
    {
        var counts = DeviceWindow.CountsOf(state.State, _deviceId);
        var examples = state.State.Examples;
        return Task.FromResult(new DeviceStatus(
            counts.Activity,
            counts.HeldOut,
            examples.Count > 0 ? examples[0].Time : null,
            examples.Count > 0 ? examples[^1].Time : null,
            [.. state.State.Receipts]));
    }

    public async Task<EraseReceipt> EraseAllAsync(CancellationToken cancellationToken)
    {
        // Gone from memory and from storage first, so that nothing that starts from now on can use it; only then what is under way is fenced.
        var examples = DeviceWindow.EraseAll(state.State, _view);
        await StoreAsync();
        await Shard().NoteAsync(DeviceWindow.CountsOf(state.State, _deviceId));

        var tasks = await GrainFactory.GetGrain<IPopulation>(_population).GetTasksAsync();
        var fences = await Task.WhenAll(tasks.Select(task => GrainFactory.GetGrain<IRoundCoordinator>(task).FenceAsync(_deviceId)));
        await sessions.EvictAsync(_population, _deviceId);
        var receipt = new EraseReceipt(
            examples, clock.GetUtcNow(), [.. fences.Where(fence => fence.Outcome != EraseFenceOutcome.NotInCohort)]);
        state.State.Receipts.Add(receipt);
        await StoreAsync();
        return receipt;
    }

    private async Task StoreAsync()
    {
        try
        {
            await state.WriteStateAsync();
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
