using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Sheaf.Grains.Placement;
using Sheaf.Learning.Rounds;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// Has the sums of a round stored now and then, beside its training: first the silos store theirs, then the row says so, then what it names no longer
/// is deleted. Used from its coordinator's turns only.
/// </summary>
/// <remarks>
/// Nothing is stored under a name before the row says that something may be, so that whoever takes over after a crash can delete what is of no use.
/// </remarks>
internal sealed partial class SumSnapshots
{
    private readonly IGrainFactory _grains;
    private readonly RoundKey _key;
    private readonly SliceDispatch _dispatch;
    private readonly SnapshotRow _row;
    private readonly Func<int, RoundSnapshot> _describe;
    private readonly int _chunks;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SerialWriter _writer;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private Task _taking = Task.CompletedTask;
    private int _nextNumber;
    private int _namesEnd;
    private bool _isWritten;
    private bool _isOver;

    /// <summary>Makes the snapshots of a round.</summary>
    /// <param name="grains">Finds sums.</param>
    /// <param name="key">The round.</param>
    /// <param name="dispatch">Its slices.</param>
    /// <param name="row">Where it is written down.</param>
    /// <param name="describe">The round as it is now, when its names end at a number.</param>
    /// <param name="chunks">How many chunks a sum has.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Says what failed.</param>
    public SumSnapshots(
        IGrainFactory grains, RoundKey key, SliceDispatch dispatch, SnapshotRow row, Func<int, RoundSnapshot> describe, int chunks, TimeProvider time, ILogger logger)
    {
        (_grains, _key, _dispatch, _row, _describe, _chunks, _time, _logger) = (grains, key, dispatch, row, describe, chunks, time, logger);
        _writer = new SerialWriter(WriteOnceAsync);
    }

    /// <summary>Begins to take one now and then.</summary>
    /// <param name="interval">The time before the first one, and from each to the next.</param>
    public void Start(TimeSpan interval)
    {
        if (_loop.IsCompleted && !_stop.IsCancellationRequested)
        {
            _loop = LoopAsync(interval);
        }
    }

    /// <summary>Takes note that the row is this round's already.</summary>
    public void Claimed() => _isWritten = true;

    /// <summary>Takes no more.</summary>
    /// <returns>When the one under way has ended.</returns>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>Takes one at once, besides those that are taken now and then: something of the round is about to go.</summary>
    /// <returns>When what had been merged is stored.</returns>
    /// <exception cref="SupersededException">Another coordinator has taken over.</exception>
    public async Task TakeNowAsync()
    {
        // The one under way may have begun before the last slice was merged.
        await _taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!_stop.IsCancellationRequested)
        {
            await TakeOneAsync();
        }
    }

    /// <summary>Writes an erase down: nothing that is stored of the round has the device afterwards, and whoever takes over leaves it out.</summary>
    /// <returns>When it is stored, and what had the device is deleted.</returns>
    /// <exception cref="SupersededException">Another coordinator has taken over; it must be asked.</exception>
    public async Task SettleAsync()
    {
        // It may be storing a sum with the device at this very moment.
        await _taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_isWritten && !_isOver)
        {
            await _writer.WriteAsync();
        }
    }

    /// <summary>Deletes all that is stored of the round, which is over.</summary>
    /// <returns>When nothing is stored.</returns>
    public async Task ForgetAsync()
    {
        await StopAsync();
        var isWritten = _isWritten && !_isOver;
        _isOver = true;
        if (isWritten)
        {
            // From here on nothing is written; what is being written comes first.
            await _writer.WriteAsync();
            // Whoever comes after a crash in the middle finds the row, and the row finds the sums.
            await DeleteAsync([.. _dispatch.Stored.Values.Select(stored => stored.Name), .. _dispatch.Unnamed]);
            await _row.RemoveAsync(_key.Epoch);
        }
    }

    private async Task LoopAsync(TimeSpan interval)
    {
        try
        {
            while (true)
            {
                await Task.Delay(interval, _time, _stop.Token);
                await TakeOneAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The round is over.
        }
        catch (SupersededException exception)
        {
            // The round finds out when it commits; until then it has nothing to write down any more.
            LogFailed(exception, _key.Round, _key.Task);
        }
    }

    // One at a time: two would store the same sums twice.
    private Task TakeOneAsync() =>
        _taking.IsCompleted && !_dispatch.Ledger.IsCommitting && !_dispatch.Ledger.Unstored.IsEmpty ? _taking = TakeAsync() : _taking;

    private async Task TakeAsync()
    {
        try
        {
            var silos = _dispatch.Ledger.Unstored;
            if (_nextNumber + silos.Length > _namesEnd)
            {
                await _writer.WriteAsync();
            }

            await Task.WhenAll(silos.Select(StoreAsync));
            await _writer.WriteAsync();
        }
        catch (Exception exception) when (exception is not SupersededException)
        {
            // The boundary of a snapshot, without which the round goes on as well as with it: the next one stores what this one has not.
            LogFailed(exception, _key.Round, _key.Task);
        }
    }

    private async Task StoreAsync(string silo)
    {
        var sum = new SumKey(silo, _dispatch.Ledger.GenerationOf(silo));
        var name = new StoredName(_key.Epoch, _nextNumber++);
        StoredSum? stored = null;
        try
        {
            PlacementHint.Set(SiloAddress.FromParsableString(silo));
            stored = await _grains.GetGrain<ISiloSum>(ISiloSum.KeyOf(_key, silo, sum.Generation)).StoreAsync(_key, silo, sum.Generation, name);
            if (stored is null && !_dispatch.Ledger.IsCommitting && _dispatch.Ledger.GenerationOf(silo) == sum.Generation)
            {
                // Nobody has dropped it: it went with its silo. Its slices need not wait for the commit to find out.
                await _dispatch.LoseAsync([silo], []);
            }
        }
        finally
        {
            _dispatch.NoteStored(name, stored);
        }
    }

    private async Task WriteOnceAsync()
    {
        if (_isOver)
        {
            return;
        }

        // One for every silo that may store its sum the next time.
        var end = Math.Max(_namesEnd, _nextNumber + _dispatch.Ledger.Slices.Select(slice => slice.Silo).Distinct().Count());
        ImmutableArray<StoredName> unnamed = [.. _dispatch.Unnamed];
        await _row.WriteAsync(_describe(end));
        (_namesEnd, _isWritten) = (end, true);
        await DeleteAsync(unnamed);
        _dispatch.Unnamed.RemoveAll(unnamed.Contains);
    }

    private Task DeleteAsync(ImmutableArray<StoredName> names) => DeleteAsync(_grains, _key, names, _chunks);

    /// <summary>Deletes what is stored under some names, from wherever there is a silo: a coordinator sees no vector.</summary>
    /// <param name="grains">Finds a silo.</param>
    /// <param name="key">The round.</param>
    /// <param name="names">The names.</param>
    /// <param name="chunks">How many chunks a sum has.</param>
    /// <returns>When nothing is stored under them.</returns>
    public static Task DeleteAsync(IGrainFactory grains, RoundKey key, ImmutableArray<StoredName> names, int chunks) =>
        names.IsEmpty ? Task.CompletedTask : grains.GetGrain<ISiloSum>(ISiloSum.KeyOf(key, "any", 0)).DeleteStoredAsync(key.Task, names, chunks);

    [LoggerMessage(114, LogLevel.Warning, "A snapshot of round {Round} of task {Task} failed; a crash before the next one costs what has been merged since the last.")]
    private partial void LogFailed(Exception exception, int round, string task);
}
