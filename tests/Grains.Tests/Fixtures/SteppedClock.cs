namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>The system's clock, which a test can move on: timers of a minute and more end when it is moved past them, and never by themselves. Thread-safe.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly List<SteppedTimer> _timers = [];
    private TimeSpan _ahead;

    /// <summary>Moves the clock on.</summary>
    public void Advance(TimeSpan by)
    {
        SteppedTimer[] due;
        lock (_lock)
        {
            _ahead += by;
            due = [.. _timers.Where(timer => timer.Due <= GetUtcNow())];
            _timers.RemoveAll(due.Contains);
        }

        Array.ForEach(due, timer => timer.Pass());
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < Shortest)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        lock (_lock)
        {
            var timer = new SteppedTimer(this, callback, state, GetUtcNow() + dueTime);
            _timers.Add(timer);
            return timer;
        }
    }

    private void Forget(SteppedTimer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
        }
    }

    private sealed class SteppedTimer(SteppedClock clock, TimerCallback callback, object? state, DateTimeOffset due) : ITimer
    {
        public DateTimeOffset Due => due;

        public void Pass() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => clock.Forget(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
