using System.Collections.Immutable;
using Sheaf.Abstractions.Naming;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Erasures;
using Sheaf.Grains.Rounds;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Populations;

/// <summary>Keeps the specification and hands rows and questions on to the shards.</summary>
internal sealed partial class PopulationGrain(
    [PersistentState(StorageNames.Population, StorageNames.Provider)] IPersistentState<PopulationState> state,
    IStorageCleaner cleaner,
    TimeProvider clock) : Grain, IPopulation, IPopulationTasks
{
    private const int TriesMax = 10;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly SerialWriter _writer = new(() => state.WriteStateAsync());
    private readonly CancellationTokenSource _stop = new();
    private long _storedRowWatermark = -1;
    private int _opening = -1;
    private PopulationView? _view;
    private RowDealer? _dealer;

    private string Name => this.GetPrimaryKeyString();

    private PopulationView View => _view ??= new PopulationView(
        Spec ?? throw new InvalidOperationException($"There is no population '{Name}'. Register it first."), state.State.Past);

    /// <summary>What it was registered as, but with the policy that holds.</summary>
    private PopulationSpec? Spec => state.State.Spec is { } spec ? spec with { Retention = state.State.Retention ?? spec.Retention } : null;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => await _stop.CancelAsync();

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

        ClusterNames.Ensure("population", Name);
        var view = new PopulationView(spec);
        var dealer = spec.Partition is { } partition ? new RowDealer(partition) : null;
        if (spec.Clock == PopulationSpec.WallClock)
        {
            await GrainFactory.GetGrain<IWallClocks>(0).AddAsync(Name);
        }

        state.State.Spec = spec;
        await _writer.WriteAsync();
        (_view, _dealer) = (view, dealer);
        // A storage that is older than the journal of erasures may not have known the population that they are of.
        await GrainFactory.GetGrain<IErasureLog>(0).ReapplyAsync(Name);
    }

    public Task<PopulationSpec?> GetSpecAsync() => Task.FromResult(Spec);

    public Task<PopulationDescription?> DescribeAsync() =>
        Task.FromResult(Spec is { } spec ? new PopulationDescription(spec, [.. state.State.Past]) : null);

    public async Task IntakeAsync(ImmutableArray<Arrival> arrivals)
    {
        var (shards, period) = (View.Spec.Shards, Math.Max(_opening, state.State.Period) + 1);
        if (View.Spec.Partition is { } partition)
        {
            arrivals = [.. arrivals.Select(DealerOf(partition).Deal)];
        }

        await NoteRowsAsync(arrivals.Aggregate(-1L, (highest, arrival) => Math.Max(highest, arrival.Row)));
        await Task.WhenAll(arrivals
            .GroupBy(arrival => DevicePosition.ShardOf(DevicePosition.Of(arrival.DeviceId), shards))
            .Select(group => Shard(group.Key).IntakeAsync([.. group], period)));
    }

    public async Task<PopulationTotals> SealAsync(DateTimeOffset asOf, int period)
    {
        EnsurePeriod(period);
        var known = state.State;
        var opened = Math.Max(known.Period, period);
        var asked = View.Generator is null ? asOf : View.EndOf(opened);
        var moment = Moment with { Period = opened, Time = asked > Moment.Time ? asked : Moment.Time, IsSettled = false };
        // Nobody is told of a period before all shards know it: whoever goes by it may draw at once.
        _opening = opened;
        try
        {
            await AllShardsAsync(shard => shard.OpenAsync(moment));
            await StoreAsync(moment.Period, moment.Time, known.SettledPeriod);
        }
        finally
        {
            _opening = -1;
        }

        await AllTasksAsync(task => task.OpenPeriodAsync(opened));
        await AllShardsAsync(shard => shard.SettleAsync(moment));
        await StoreAsync(known.Period, known.Time, Math.Max(known.SettledPeriod, opened));
        await AllTasksAsync(task => task.NudgeAsync());
        return await GetTotalsAsync();
    }

    public async Task<PopulationTotals> GetTotalsAsync()
    {
        var totals = await Task.WhenAll(Enumerable.Range(0, View.Spec.Shards).Select(shard => Shard(shard).GetPopulationTotalsAsync(Moment)));
        var divergence = View.Spec.Partition is { } partition ? await Task.Run(DealerOf(partition).LabelDivergence) : null;
        return totals.Aggregate((left, right) => new PopulationTotals(
            left.Devices + right.Devices, left.ActiveDevices + right.ActiveDevices, left.Examples + right.Examples, left.HeldOut + right.HeldOut,
            Overdue: left.Overdue + right.Overdue)) with
        {
            LabelDivergence = divergence,
        };
    }

    public Task<ImmutableArray<string>> GetLabelsAsync() => Task.FromResult(View.Generator?.Labels ?? []);

    public Task<PopulationMoment> GetMomentAsync() => Task.FromResult(Moment);

    public async Task AttachAsync(string task)
    {
        _ = View;
        foreach (var tasks in (List<string>[])[state.State.Tasks, state.State.AllTasks])
        {
            if (!tasks.Contains(task, StringComparer.Ordinal))
            {
                tasks.Add(task);
            }
        }

        // Written also when it is known: the write that should have stored it may have failed, and erases fence only tasks that are stored.
        await _writer.WriteAsync();
    }

    public async Task DetachAsync(string task)
    {
        state.State.Tasks.Remove(task);
        await _writer.WriteAsync();
    }

    public Task<ImmutableArray<string>> GetTasksAsync() => Task.FromResult(state.State.Tasks.ToImmutableArray());

    public Task<ImmutableArray<string>> GetAllTasksAsync() => Task.FromResult(state.State.AllTasks.ToImmutableArray());

    public async Task NoteTrainOnceAsync()
    {
        state.State.SeesCommits = true;
        await _writer.WriteAsync();
    }

    public Task<long> GetRowWatermarkAsync() => Task.FromResult(state.State.RowWatermark);

    // Stored before any device has the rows: an erase that comes after a crash must know of rows that were on their way.
    private async Task NoteRowsAsync(long highest)
    {
        state.State.RowWatermark = Math.Max(state.State.RowWatermark, highest);
        if (highest > _storedRowWatermark)
        {
            await _writer.WriteAsync();
            _storedRowWatermark = Math.Max(_storedRowWatermark, highest);
        }
    }

    // What could not be stored is told no longer.
    private async Task StoreAsync(int period, DateTimeOffset time, int settledPeriod)
    {
        var known = state.State;
        var before = (known.Period, known.Time, known.SettledPeriod);
        if (before == (period, time, settledPeriod))
        {
            return;
        }

        try
        {
            (known.Period, known.Time, known.SettledPeriod) = (period, time, settledPeriod);
            await _writer.WriteAsync();
        }
        catch
        {
            (known.Period, known.Time, known.SettledPeriod) = before;
            throw;
        }
    }

    private PopulationMoment Moment => new(
        state.State.Period, TimeNow, state.State.SettledPeriod >= state.State.Period, View.Retention.Version, state.State.SeesCommits || View.Retention.TrainOnce);

    private DateTimeOffset TimeNow => View.Spec.Clock == PopulationSpec.WallClock && clock.GetUtcNow() is var now && now > state.State.Time ? now : state.State.Time;

    private void EnsurePeriod(int period)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(period);
        if (View.Generator is { } generator && period >= generator.Population.Periods)
        {
            throw new ArgumentOutOfRangeException(
                nameof(period), period, $"The population '{Name}' is made in {generator.Population.Periods} periods. Open one from 0 to {generator.Population.Periods - 1}.");
        }

        if (period > state.State.Period + 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(period), period, $"Period {state.State.Period + 1} of the population '{Name}' has not been opened. Open one after another.");
        }
    }

    private Task AllShardsAsync(Func<IActivityShard, Task> tell) => Task.WhenAll(Enumerable.Range(0, View.Spec.Shards).Select(shard => tell(Shard(shard))));

    private Task AllTasksAsync(Func<IRoundFence, Task> tell) => Task.WhenAll(state.State.Tasks.ToArray().Select(task => TellAsync(GrainFactory.GetGrain<IRoundFence>(task), tell)));

    private async Task TellAsync(IRoundFence task, Func<IRoundFence, Task> tell)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await tell(task);
                return;
            }
            catch (OrleansException) when (tries < TriesMax)
            {
                // Its coordinator has moved or its silo is gone: it goes on elsewhere, and is told there.
                await Task.Delay(tries * RetryPause, clock, _stop.Token);
            }
        }
    }

    private RowDealer DealerOf(PartitionSpec partition) => _dealer ??= new RowDealer(partition);

    private IActivityShard Shard(int shard) => GrainFactory.GetGrain<IActivityShard>(ShardKey.Of(Name, shard));
}
