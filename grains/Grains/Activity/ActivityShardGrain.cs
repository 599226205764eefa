using System.Collections.Immutable;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>Knows who has how much, so that nobody has to be woken to be selected.</summary>
[RendezvousPlacement]
internal sealed class ActivityShardGrain(
    [PersistentState(StorageNames.Shard, StorageNames.Provider)] IPersistentState<ShardState> state,
    PopulationCatalog catalog,
    IOwnClasses own,
    ILocalSiloDetails silo) : Grain, IActivityShard
{
    private const int DeviceWindowMax = 64;

    private string _population = "";
    private int _shard;
    private PopulationView _view = null!;
    private ShardTable? _table;
    private SerialWriter _writer = null!;
    private readonly RestLists _resting = new();

    private ShardTable Table => _table ??= _view.Generator is null
        ? ShardTable.Of(state.State.Devices)
        : ShardTable.Generated(_view, _shard, state.State.IsGenerated, state.State.Devices);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _writer = new SerialWriter(() => state.WriteStateAsync());
        (_population, _shard) = ShardKey.Parse(this.GetPrimaryKeyString());
        _view = await catalog.FindAsync(_population);
    }

    public Task IntakeAsync(ImmutableArray<Arrival> arrivals) => LearnAsync(
        arrivals.GroupBy(arrival => arrival.DeviceId, StringComparer.Ordinal), rows => Device(rows.Key).TakeInAsync([.. rows]));

    public async Task<PopulationTotals> SealAsync(DateTimeOffset asOf)
    {
        if (_view.Generator is null && _view.Retention.AgeMax is not null)
        {
            // Time has moved on for all of them, also for those that got no row.
            await LearnAsync([.. state.State.Devices.Keys], deviceId => Device(deviceId).ExpireAsync(asOf));
        }

        // Counts are stored when the delivery ends: if the silo dies before, the client sends the rows again and devices answer with their counts.
        state.State.IsGenerated = _view.Generator is not null;
        await _writer.WriteAsync();
        _table = null;
        var (devices, active, examples, heldOut) = (0L, 0L, 0L, 0L);
        for (var i = 0; i < Table.Count; i++)
        {
            devices += Table.Activity[i] + Table.HeldOut[i] > 0 ? 1 : 0;
            active += Table.Activity[i] > 0 ? 1 : 0;
            examples += Table.Activity[i];
            heldOut += Table.HeldOut[i];
        }

        return new PopulationTotals(devices, active, examples, heldOut);
    }

    public async Task NoteAsync(DeviceCounts counts)
    {
        if (!state.State.Devices.ContainsKey(counts.DeviceId) && _view.Generator is null && counts is { Activity: 0, HeldOut: 0 })
        {
            // A device that was never heard of and holds nothing is none.
            return;
        }

        Learn(counts);
        _table = null;
        await _writer.WriteAsync();
    }

    public Task RestAsync(string task, string name, string[] deviceIds)
    {
        _resting.Set(task, name, deviceIds);
        return Task.CompletedTask;
    }

    public Task<ActivityHistogram> GetHistogramAsync(bool isEvaluation) => Task.FromResult(Table.HistogramOf(isEvaluation));

    public Task<ShardTotals> GetTotalsAsync(DrawColumn column) => Task.FromResult(SelectionBy(column).Totals);

    public Task<MassTotals> GetAboveAsync(DrawColumn column, MassScale scale, long threshold) =>
        Task.FromResult(SelectionBy(column).Above(scale, threshold));

    public Task<ShardMass> GetMassAsync(DrawColumn column, InclusionPlan plan) =>
        Task.FromResult(new ShardMass(SelectionBy(column).MassUnder(plan), silo.SiloAddress, Table.Contents));

    public Task<LocatedDevice[]> LocateAsync(ulong contents, DrawColumn column, InclusionPlan plan, DrawOrder order, long[] offsets)
    {
        EnsureContents(contents);
        return Task.FromResult(SelectionBy(column).Locate(plan, order, offsets));
    }

    public Task<ShardSweepCounts> CountSweepAsync(DrawColumn column, SweepOrder order) =>
        Task.FromResult(new ShardSweepCounts(SelectionBy(column).CountSweep(order), silo.SiloAddress, Table.Contents));

    public Task<SweptDevice[]> SweepAsync(ulong contents, DrawColumn column, SweepOrder order, int firstBucket, int lastBucket)
    {
        EnsureContents(contents);
        return Task.FromResult(SelectionBy(column).Sweep(order, firstBucket, lastBucket));
    }

    public Task<string[]> IdentifyAsync(ulong contents, int[] indices)
    {
        EnsureContents(contents);
        return Task.FromResult(Array.ConvertAll(indices, Table.IdOf));
    }

    private void EnsureContents(ulong contents)
    {
        if (Table.Contents != contents)
        {
            throw new InvalidOperationException($"Devices of shard {_shard} of population '{_population}' changed during the draw. Draw again.");
        }
    }

    // Answers overtake one another: an intake that began before an erase must not bring its counts back after it.
    private void Learn(DeviceCounts counts)
    {
        if (!state.State.Devices.TryGetValue(counts.DeviceId, out var known) || counts.Version >= known.Version)
        {
            state.State.Devices[counts.DeviceId] = counts;
        }
    }

    private SelectionShard SelectionBy(DrawColumn column)
    {
        try
        {
            return column.Resting.Length == 0 ? Table.SelectionBy(column, own) : Table.SelectionBy(column, _resting.Of(column.Resting), own);
        }
        catch (OwnClassException exception)
        {
            throw new BrokenStrategyException(exception.Message);
        }
    }

    private async Task LearnAsync<T>(IEnumerable<T> devices, Func<T, Task<DeviceCounts>> ask)
    {
        foreach (var window in devices.Chunk(DeviceWindowMax))
        {
            foreach (var counts in await Task.WhenAll(window.Select(ask)))
            {
                Learn(counts);
            }
        }

        _table = null;
    }

    private IDeviceIntake Device(string deviceId) => GrainFactory.GetGrain<IDeviceIntake>(DeviceKey.Of(_population, deviceId));
}
