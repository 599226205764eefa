namespace Sheaf.Grains.Training;

/// <summary>
/// How many slices of a task a silo works on at once: enough that its lanes have work while others gather their devices, and no more, since each holds
/// its devices' examples and sums as long as the model. Tasks do not wait for one another here. Thread-safe.
/// </summary>
internal sealed class SliceTurns : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Turns> _tasks = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Waits for a turn.</summary>
    /// <param name="task">The task.</param>
    /// <param name="atOnce">How many of its slices may have theirs at once, at least 1.</param>
    /// <returns>The turn, over when it is disposed of; null when the silo stops, so that the slice must run elsewhere.</returns>
    public async Task<IDisposable?> TakeAsync(string task, int atOnce)
    {
        Task entered;
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return null;
            }

            if (!_tasks.TryGetValue(task, out var turns))
            {
                _tasks[task] = turns = new Turns();
            }

            entered = turns.Enter(atOnce);
        }

        try
        {
            await entered.WaitAsync(_stopping.Token);
            return new Turn(this, task);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Lets nobody in any more: all who wait are told.</summary>
    /// <returns>When they are.</returns>
    public Task StopAsync() => _stopping.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private void End(string task)
    {
        lock (_lock)
        {
            if (_tasks[task].Leave())
            {
                _tasks.Remove(task);
            }
        }
    }

    /// <summary>One task's turns.</summary>
    private sealed class Turns
    {
        private readonly Queue<TaskCompletionSource> _waiting = new();
        private int _taken;

        public Task Enter(int atOnce)
        {
            if (_taken < atOnce)
            {
                _taken++;
                return Task.CompletedTask;
            }

            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiting);
            return waiting.Task;
        }

        /// <summary>Passes a turn on.</summary>
        /// <returns>Whether nobody has one any more.</returns>
        public bool Leave()
        {
            if (_waiting.TryDequeue(out var next))
            {
                next.SetResult();
                return false;
            }

            return --_taken == 0;
        }
    }

    private sealed class Turn(SliceTurns turns, string task) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                turns.End(task);
            }
        }
    }
}
