using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Populations;

/// <summary>Keeps the specification and hands rows and questions on to the shards.</summary>
internal sealed class PopulationGrain(
    [PersistentState(StorageNames.Population, StorageNames.Provider)] IPersistentState<PopulationState> state) : Grain, IPopulation, IPopulationTasks
{
    private long _rowWatermark = -1;
    private PopulationView? _view;
    private RowDealer? _dealer;

    private string Name => this.GetPrimaryKeyString();

    private PopulationView View => _view ??= new PopulationView(
        state.State.Spec ?? throw new InvalidOperationException($"There is no population '{Name}'. Register it first."));

    public async Task RegisterAsync(PopulationSpec spec)
    {
        if (state.State.Spec is { } known)
        {
            if (known != spec)
            {
                throw new InvalidOperationException($"The population '{Name}' exists with another specification. Choose another name for the new one.");
            }

            return;
        }

        var view = new PopulationView(spec);
        var dealer = spec.Partition is { } partition ? new RowDealer(partition) : null;
        state.State.Spec = spec;
        await state.WriteStateAsync();
        (_view, _dealer) = (view, dealer);
    }

    public Task<PopulationSpec?> GetSpecAsync() => Task.FromResult(state.State.Spec);

    public Task IntakeAsync(ImmutableArray<Arrival> arrivals)
    {
        var shards = View.Spec.Shards;
        if (View.Spec.Partition is { } partition)
        {
            arrivals = [.. arrivals.Select(DealerOf(partition).Deal)];
        }

        _rowWatermark = arrivals.Aggregate(_rowWatermark, (highest, arrival) => Math.Max(highest, arrival.Row));
        return Task.WhenAll(arrivals
            .GroupBy(arrival => DevicePosition.ShardOf(DevicePosition.Of(arrival.DeviceId), shards))
            .Select(group => Shard(group.Key).IntakeAsync([.. group])));
    }

    public async Task<PopulationTotals> SealAsync(DateTimeOffset asOf)
    {
        var time = View.Generator is { } generator ? generator.Population.StartOf(generator.Population.Periods) : asOf;
        if (time > state.State.Time)
        {
            state.State.Time = time;
            await state.WriteStateAsync();
        }

        var totals = await Task.WhenAll(Enumerable.Range(0, View.Spec.Shards).Select(shard => Shard(shard).SealAsync(state.State.Time)));
        var divergence = View.Spec.Partition is { } partition ? await Task.Run(DealerOf(partition).LabelDivergence) : null;
        return totals.Aggregate((left, right) => new PopulationTotals(
            left.Devices + right.Devices, left.ActiveDevices + right.ActiveDevices, left.Examples + right.Examples, left.HeldOut + right.HeldOut)) with
        {
            LabelDivergence = divergence,
        };
    }

    public Task<ImmutableArray<string>> GetLabelsAsync() => Task.FromResult(View.Generator?.Labels ?? []);

    public Task<DateTimeOffset> GetTimeAsync() => Task.FromResult(state.State.Time);

    public async Task AttachAsync(string task)
    {
        _ = View;
        if (!state.State.Tasks.Contains(task, StringComparer.Ordinal))
        {
            state.State.Tasks.Add(task);
            await state.WriteStateAsync();
        }
    }

    public async Task DetachAsync(string task)
    {
        if (state.State.Tasks.Remove(task))
        {
            await state.WriteStateAsync();
        }
    }

    public Task<ImmutableArray<string>> GetTasksAsync() => Task.FromResult(state.State.Tasks.ToImmutableArray());

    public Task<long> GetRowWatermarkAsync() => Task.FromResult(_rowWatermark);

    private RowDealer DealerOf(PartitionSpec partition) => _dealer ??= new RowDealer(partition);

    private IActivityShard Shard(int shard) => GrainFactory.GetGrain<IActivityShard>(ShardKey.Of(Name, shard));
}
