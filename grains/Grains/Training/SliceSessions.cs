using System.Collections.Concurrent;
using Sheaf.Grains.Rounds;

namespace Sheaf.Grains.Training;

/// <summary>The sessions open on a silo: how a device, called by a slice of the same process, finds where to leave its examples. Thread-safe.</summary>
internal sealed class SliceSessions(TrainingLanes lanes, SumPool pool) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly ConcurrentDictionary<SliceKey, SliceSession> _open = [];

    /// <summary>Opens a session. Sessions of an older epoch of the same task no longer count and are aborted.</summary>
    /// <param name="order">The attempt.</param>
    /// <param name="program">The task.</param>
    /// <returns>The session.</returns>
    public async Task<SliceSession> OpenAsync(SliceOrder order, TaskProgram program)
    {
        var key = order.Key;
        var session = _open.GetOrAdd(key, _ => new SliceSession(order, program, lanes, pool));
        await AbortAsync(other => other.Key.Task == key.Task && other.Key.Epoch < key.Epoch);
        return session;
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
        nameof(SliceSessions), ServiceLifecycleStage.Active, _ => Task.CompletedTask, _ => AbortAsync(_ => true));

    private Task AbortAsync(Func<SliceSession, bool> which) => Task.WhenAll(_open.Values.Where(which).Select(async session =>
    {
        await session.AbortAsync();
        _open.TryRemove(session.Key, out _);
    }));
}
