using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Devices;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Populations;

namespace Sheaf.Grains.Erasures;

/// <summary>Keeps, beside the journal, up to which erasure all are applied: where the storage is older than the journal, that says so.</summary>
internal sealed partial class ErasureLogGrain(
    [PersistentState(StorageNames.Erasures, StorageNames.Provider)] IPersistentState<ErasureLogState> state,
    IErasureJournal journal,
    ILogger<ErasureLogGrain> logger) : Grain, IErasureLog
{
    private readonly SerialWriter _writer = new(() => state.WriteStateAsync());
    private readonly SortedDictionary<long, Erasure> _open = [];
    private readonly Dictionary<string, Task> _reapplying = new(StringComparer.Ordinal);
    private long _last;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var applied = state.State.Applied;
        var known = await journal.ReadAsync(Math.Max(0, applied - 1));
        if (applied > 0 && known.All(each => each.Number != applied))
        {
            LogMissing(applied);
        }

        foreach (var (number, erasure) in known.Where(each => each.Number > applied))
        {
            _open.Add(number, erasure);
        }

        _last = Math.Max(applied, _open.Keys.LastOrDefault());
    }

    public async Task<long> BeginAsync(Erasure erasure, long after)
    {
        var number = await journal.AppendAsync(erasure, Math.Max(_last, after));
        _open.Add(number, erasure);
        _last = Math.Max(_last, number);
        return number;
    }

    public async Task EndAsync(long number)
    {
        if (_open.Remove(number, out var ended))
        {
            // What was asked for before in vain, and now again, is done with it.
            var covered = _open.Where(pair => pair.Key < number && pair.Value.UpTo <= ended.UpTo
                && pair.Value with { UpTo = ended.UpTo, At = ended.At } == ended).Select(pair => pair.Key).ToArray();
            Array.ForEach(covered, other => _open.Remove(other));
        }

        var applied = _open.Count == 0 ? _last : _open.Keys.First() - 1;
        if (applied > state.State.Applied)
        {
            state.State.Applied = applied;
            try
            {
                await _writer.WriteAsync();
            }
            catch (Exception exception)
            {
                // How far it is may be behind, never ahead: applying an erasure again changes nothing. The erasure itself is done.
                LogBehind(exception, applied);
                DeactivateOnIdle();
            }
        }
    }

    public async Task ReapplyAsync(string population)
    {
        if (!_reapplying.TryGetValue(population, out var running))
        {
            _reapplying.Add(population, running = ReapplyOnceAsync(population));
        }

        try
        {
            await running;
        }
        finally
        {
            _reapplying.Remove(population);
        }
    }

    public Task<string[]> GetUnappliedAsync() =>
        Task.FromResult(_open.Values.Select(erasure => erasure.Population).Distinct(StringComparer.Ordinal).ToArray());

    private async Task ReapplyOnceAsync(string population)
    {
        // One that is under way is waited for: its device finishes it first, and then has nothing left to do.
        var left = _open.Where(pair => pair.Value.Population == population).ToArray();
        if (left.Length == 0 || await GrainFactory.GetGrain<IPopulationTasks>(population).DescribeAsync() is null)
        {
            // A population that the storage does not know asks again when it is registered.
            return;
        }

        var failures = new List<Exception>();
        foreach (var (number, erasure) in left)
        {
            try
            {
                await GrainFactory.GetGrain<IDeviceErasure>(DeviceKey.Of(population, erasure.DeviceId)).ReapplyAsync(number, erasure);
                await EndAsync(number);
            }
            catch (Exception exception)
            {
                // One that cannot be applied keeps no other from being applied; it is told below.
                failures.Add(exception);
            }
        }

        if (failures.Count > 0)
        {
            ExceptionDispatchInfo.Throw(failures.FirstOrDefault(failure => StorageFailedException.In(failure) is not null) ?? failures[0]);
        }
    }

    [LoggerMessage(153, LogLevel.Warning, "The journal of erasures lacks erasure {Number}, which was applied. Put the journal back if there is a copy: "
        + "without it, a storage restored from a backup from before that erasure would have the data again.")]
    private partial void LogMissing(long number);

    [LoggerMessage(154, LogLevel.Warning, "That erasures up to {Number} are applied could not be stored; they will be applied again, which changes nothing.")]
    private partial void LogBehind(Exception exception, long number);
}

/// <summary>What is stored of the log.</summary>
[GenerateSerializer, Alias("sheaf.ErasureLogState")]
internal sealed class ErasureLogState
{
    /// <summary>All erasures up to this number are applied.</summary>
    [Id(0)]
    public long Applied { get; set; }
}
