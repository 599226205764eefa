using System.Collections.Concurrent;
using Sheaf.Grains.Rounds;

namespace Sheaf.Grains.Training;

/// <summary>The sessions open on a silo: how a device, called by a slice of the same process, finds where to leave its examples. Thread-safe.</summary>
internal sealed class SliceSessions(AcceleratorLanes lanes, SumPool pool) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly SliceTurns _turns = new();
    private readonly ConcurrentDictionary<SliceKey, SliceSession> _open = [];
    private readonly ConcurrentDictionary<string, long> _epochs = new(StringComparer.Ordinal);

    /// <summary>Waits until the silo takes one more slice of a task on.</summary>
    /// <param name="program">The task.</param>
    /// <param name="task">Its name.</param>
    /// <returns>The slice's turn, over when it is disposed of; null when the silo stops, so that the slice must run elsewhere.</returns>
    public Task<IDisposable?> TakeTurnAsync(TaskProgram program, string task) => _turns.TakeAsync(task, lanes.Of(program).Lanes.SlicesAtOnce);

    /// <summary>Opens a session. Sessions of an older epoch of the same task no longer count and are aborted.</summary>
    /// <param name="order">The attempt.</param>
    /// <param name="program">The task.</param>
    /// <returns>The session.</returns>
    public async Task<SliceSession> OpenAsync(SliceOrder order, TaskProgram program)
    {
        var key = order.Key;
        var session = _open.GetOrAdd(key, _ => new SliceSession(order, program, lanes.Of(program), pool));
        await RetireAsync(key.Task, key.Epoch);
        if (_epochs[key.Task] > key.Epoch)
        {
            await CloseAsync(key);
            throw new InvalidOperationException($"Slice {key} is of an epoch that is over: another coordinator has taken the task over.");
        }

        return session;
    }

    /// <summary>Aborts every session of a task that is older than an epoch, and refuses such sessions from now on. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="epoch">The coordinator's epoch.</param>
    /// <returns>When none of them holds anything any more.</returns>
    public Task RetireAsync(string task, long epoch)
    {
        _epochs.AddOrUpdate(task, epoch, (_, known) => Math.Max(known, epoch));
        return AbortAsync(session => session.Key.Task == task && session.Key.Epoch < epoch);
    }

    /// <summary>Finds an open session.</summary>
    /// <param name="key">The attempt.</param>
    /// <returns>The session, or null when it is over.</returns>
    public SliceSession? Find(SliceKey key) => _open.GetValueOrDefault(key);

    /// <summary>Aborts a session and forgets it. Idempotent.</summary>
    /// <param name="key">The attempt.</param>
    /// <returns>When it holds nothing any more.</returns>
    public Task CloseAsync(SliceKey key) => AbortAsync(session => session.Key == key);

    /// <summary>Aborts every session that a device is in.</summary>
    /// <param name="population">The device's population.</param>
    /// <param name="deviceId">The device.</param>
    /// <returns>When none of them holds anything any more.</returns>
    public Task EvictAsync(string population, string deviceId) => AbortAsync(session => session.Holds(population, deviceId));

    /// <summary>Aborts all sessions when the silo stops, so that their slices run again elsewhere at once.</summary>
    /// <param name="lifecycle">The silo's lifecycle.</param>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(SliceSessions), ServiceLifecycleStage.Active, _ => Task.CompletedTask, async _ =>
        {
            await _turns.StopAsync();
            await AbortAsync(_ => true);
        });

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private Task AbortAsync(Func<SliceSession, bool> which) => Task.WhenAll(_open.Values.Where(which).Select(async session =>
    {
        await session.AbortAsync();
        _open.TryRemove(session.Key, out _);
    }));
}
