using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Evaluation;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>Knows who has how much, so that nobody has to be woken to be selected.</summary>
[RendezvousPlacement]
internal sealed partial class ActivityShardGrain(
    [PersistentState(StorageNames.Shard, StorageNames.Provider)] IPersistentState<ShardState> state,
    PopulationCatalog catalog,
    IOwnClasses own,
    ILocalSiloDetails silo,
    TimeProvider clock,
    ILogger<ActivityShardGrain> logger) : Grain, IActivityShard, IOortShard
{
    private const int DeviceWindowMax = 64;

    private string _population = "";
    private int _shard;
    private PopulationView _view = null!;
    private ShardTable? _table;
    private SerialWriter _writer = null!;
    private readonly RestLists _resting = new();
    private bool _hasLearned;

    private ShardTable Table => _table ??= new ShardTable(_view.Generator is null
        ? new PushedCounts(state.State.Devices, state.State.Period)
        : new GeneratedCounts(_view, _shard, state.State.Period, state.State.Devices), _view.Profiles);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _writer = new SerialWriter(() => state.WriteStateAsync());
        (_population, _shard) = ShardKey.Parse(this.GetPrimaryKeyString());
        _view = await catalog.FindAsync(_population, state.State.PolicyVersion);
        EnsureExpiring();
    }

    public Task IntakeAsync(ImmutableArray<Arrival> arrivals, int period) => LearnAsync(
        [.. arrivals.GroupBy(arrival => arrival.DeviceId, StringComparer.Ordinal)], rows => Device(rows.Key).TakeInAsync([.. rows], period));

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        if (_hasLearned)
        {
            await StoreAsync();
        }
    }

    public async Task OpenAsync(PopulationMoment moment)
    {
        // A shard that wakes elsewhere must know of the period what was known when it was opened: draws go by it.
        if (moment.Period > state.State.Period || moment.PolicyVersion > state.State.PolicyVersion || _hasLearned)
        {
            _view = await catalog.FindAsync(_population, moment.PolicyVersion);
            state.State.Period = Math.Max(moment.Period, state.State.Period);
            state.State.PolicyVersion = Math.Max(moment.PolicyVersion, state.State.PolicyVersion);
            (_table, _hasLearned) = (null, true);
            await StoreAsync();
        }
    }

    public Task<PopulationTotals> GetPopulationTotalsAsync(PopulationMoment moment)
    {
        var (activity, heldOut) = (Table.CountsBy(DrawBasis.Current), Table.CountsBy(DrawBasis.HeldOut));
        return Task.FromResult(new PopulationTotals(
            activity.Zip(heldOut).LongCount(device => device.First + device.Second > 0),
            activity.LongCount(count => count > 0),
            activity.Sum(count => (long)count),
            heldOut.Sum(count => (long)count),
            Overdue: _view.Generator is null ? state.State.Devices.Values.LongCount(counts => counts.IsOverdue(moment)) : 0));
    }

    public Task<SiloAddress> GetSiloAsync() => Task.FromResult(silo.SiloAddress);

    public async Task NoteAsync(DeviceCounts counts, bool hasReceipt)
    {
        if (hasReceipt)
        {
            state.State.OpenReceipts.Add(counts.DeviceId);
            _receiptNotes[counts.DeviceId] = ++_receiptNote;
        }

        if (state.State.Devices.ContainsKey(counts.DeviceId) || _view.Generator is not null || !counts.IsNothing)
        {
            Learn(counts);
            _table = null;
        }
        else if (!hasReceipt)
        {
            // A device that was never heard of and holds nothing is none.
            return;
        }

        await StoreAsync();
    }

    public Task RestAsync(string task, string name, string[] deviceIds)
    {
        _resting.Set(task, name, deviceIds);
        return Task.CompletedTask;
    }

    public Task<ActivityHistogram> GetHistogramAsync(DrawBasis basis, double decay) => Task.FromResult(Table.HistogramOf(basis, decay));

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

    public Task<DeviceNames> IdentifyAsync(ulong contents, int[] indices)
    {
        EnsureContents(contents);
        var activity = Table.CountsBy(DrawBasis.Current);
        return Task.FromResult(new DeviceNames(Array.ConvertAll(indices, Table.IdOf), Array.ConvertAll(indices, index => activity[index])));
    }

    public Task<ParticipationCounts> GetParticipationAsync(ActivityGroups groups, Dictionary<string, int> times) =>
        Task.FromResult(Table.ParticipationOf(groups, times));

    private async Task StoreAsync()
    {
        _hasLearned = false;
        try
        {
            await _writer.WriteAsync();
        }
        catch
        {
            _hasLearned = true;
            throw;
        }
    }

    private void EnsureContents(ulong contents)
    {
        if (Table.Contents != contents)
        {
            throw new InvalidOperationException($"Devices of shard {_shard} of population '{_population}' changed during the draw. Draw again.");
        }
    }

    // Stored when the period is opened or settled, or when the shard goes. If its process dies before, the rows must be sent again; devices
    // answer with their counts whether they know the rows or not.
    private void Learn(DeviceCounts counts)
    {
        state.State.Devices[counts.DeviceId] = counts.After(state.State.Devices.GetValueOrDefault(counts.DeviceId));
        _hasLearned = true;
        Await(counts.NextExpiry);
    }

    private SelectionShard SelectionBy(DrawColumn column)
    {
        try
        {
            return column is { Resting: "", Attendance: null, Now: null }
                ? Table.SelectionBy(column, own)
                : Table.SelectionBy(column, column.Resting.Length == 0 ? [] : _resting.Of(column.Resting), own);
        }
        catch (OwnClassException exception)
        {
            throw new BrokenStrategyException(exception.Message);
        }
    }

    private async Task LearnAsync<T>(IReadOnlyCollection<T> devices, Func<T, Task<DeviceCounts>> ask)
    {
        try
        {
            await AskAsync(devices, ask, Learn);
        }
        finally
        {
            _table = null;
        }
    }

    // One device that cannot be reached keeps no other from doing what it must.
    private static async Task AskAsync<T, TAnswer>(IReadOnlyCollection<T> devices, Func<T, Task<TAnswer>> ask, Action<TAnswer> learn)
    {
        var failures = new List<Exception>();
        foreach (var window in devices.Chunk(DeviceWindowMax))
        {
            var answers = Array.ConvertAll(window, device => ask(device));
            await ((Task)Task.WhenAll(answers)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            foreach (var answer in answers)
            {
                if (answer.IsCompletedSuccessfully)
                {
                    learn(await answer);
                }
                else
                {
                    failures.Add(answer.Exception?.InnerException ?? new TaskCanceledException(answer));
                }
            }
        }

        if (failures.Count > 0)
        {
            // Its storage failing is known by its own exception wherever it is caught.
            ExceptionDispatchInfo.Throw(failures.FirstOrDefault(failure => StorageFailedException.In(failure) is not null) ?? failures[0]);
        }
    }

    private IDeviceIntake Device(string deviceId) => GrainFactory.GetGrain<IDeviceIntake>(DeviceKey.Of(_population, deviceId));

    private IDeviceErasure Erasure(string deviceId) => GrainFactory.GetGrain<IDeviceErasure>(DeviceKey.Of(_population, deviceId));
}
