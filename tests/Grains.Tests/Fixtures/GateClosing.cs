using System.Collections.Concurrent;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>A gate that is closed for one round: its lanes stand still in the middle of training.</summary>
internal sealed class GateClosing(ulong seed, int round, string? silo) : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource<TrainedBatch> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<TrainedBatch>> _reachedOn = new();

    /// <summary>The first batch that stopped here.</summary>
    public Task<TrainedBatch> ReachedAsync() => _reached.Task.WaitAsync(SheafCluster.Patience);

    /// <summary>The first batch of a silo that stopped here.</summary>
    public Task<TrainedBatch> ReachedOnAsync(string onSilo) => SignalOf(onSilo).Task.WaitAsync(SheafCluster.Patience);

    public bool Stops(TrainedBatch batch) => !_open.IsSet && batch.Seed == seed && batch.Round == round && (silo ?? batch.Silo) == batch.Silo;

    public void Hold(TrainedBatch batch)
    {
        SignalOf(batch.Silo).TrySetResult(batch);
        _reached.TrySetResult(batch);
        if (!_open.Wait(SheafCluster.Patience))
        {
            throw new TimeoutException($"The gate of round {round} was never opened.");
        }
    }

    public void Open() => _open.Set();

    // The event itself is left to the collector: a lane may still be about to ask it.
    public void Dispose() => Open();

    private TaskCompletionSource<TrainedBatch> SignalOf(string onSilo) =>
        _reachedOn.GetOrAdd(onSilo, _ => new TaskCompletionSource<TrainedBatch>(TaskCreationOptions.RunContinuationsAsynchronously));
}
