using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>Sees every write of a coordinator's row, so that tests wait for commits instead of polling for them, and can hold one up. Thread-safe.</summary>
internal sealed class CommitWatch
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CommittedRow> _rows = new(StringComparer.Ordinal);
    private readonly List<(string Task, Func<CommittedRow, bool> Is, TaskCompletionSource<CommittedRow> Signal)> _waiting = [];
    private readonly List<CommitHold> _holds = [];
    private readonly HashSet<(string Task, string State)> _written = [];

    /// <summary>Waits until a task's row says something.</summary>
    public Task<CommittedRow> WrittenAsync(string task, Func<CommittedRow, bool> condition)
    {
        lock (_lock)
        {
            if (_rows.TryGetValue(task, out var row) && condition(row))
            {
                return Task.FromResult(row);
            }

            var signal = new TaskCompletionSource<CommittedRow>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((task, condition, signal));
            return signal.Task.WaitAsync(SheafCluster.Patience);
        }
    }

    /// <summary>Holds the write that would commit a round, until the hold is released or disposed of.</summary>
    public CommitHold Hold(string task, int round)
    {
        var hold = new CommitHold(task, round);
        lock (_lock)
        {
            _holds.Add(hold);
        }

        return hold;
    }

    /// <summary>The names of the states of a task that were ever written.</summary>
    public string[] WrittenOf(string task)
    {
        lock (_lock)
        {
            return [.. _written.Where(state => state.Task == task).Select(state => state.State)];
        }
    }

    public void Note(string task, string state)
    {
        lock (_lock)
        {
            _written.Add((task, state));
        }
    }

    public Task WritingAsync(string task, TaskState state)
    {
        lock (_lock)
        {
            // A hold stops one write: what is tried again passes.
            if (_holds.Find(hold => hold.Task == task && hold.Round == state.Round) is not { } hold)
            {
                return Task.CompletedTask;
            }

            _holds.Remove(hold);
            return hold.StopAsync();
        }
    }

    public void Written(string task, TaskState state)
    {
        lock (_lock)
        {
            var row = _rows[task] = new CommittedRow(state.Status, state.Epoch, state.Round, state.Checkpoint?.Parameters.Hash);
            foreach (var waiting in _waiting.Where(waiting => waiting.Task == task && waiting.Is(row)).ToArray())
            {
                waiting.Signal.TrySetResult(row);
                _waiting.Remove(waiting);
            }
        }
    }
}

/// <summary>What a coordinator's row said.</summary>
internal sealed record CommittedRow(TaskRunStatus Status, long Epoch, int Round, string? Checkpoint);

/// <summary>A commit that is held up.</summary>
internal sealed class CommitHold(string task, int round) : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Task => task;

    public int Round => round;

    public System.Threading.Tasks.Task ReachedAsync() => _reached.Task.WaitAsync(SheafCluster.Patience);

    public System.Threading.Tasks.Task StopAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }

    public void Release() => _released.TrySetResult();

    /// <summary>Has the held write throw instead.</summary>
    public void Fail(Exception failure) => _released.TrySetException(failure);

    public void Dispose() => Release();
}
