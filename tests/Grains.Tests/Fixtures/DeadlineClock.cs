namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>The system's clock, but for one length of time: a deadline of <see cref="Held"/> passes when a test says so. Thread-safe.</summary>
internal sealed class DeadlineClock : TimeProvider
{
    /// <summary>The deadline that never passes by itself: no other timer has this length.</summary>
    public static readonly TimeSpan Held = TimeSpan.FromSeconds(12_345);

    private readonly Lock _lock = new();
    private readonly List<HeldTimer> _held = [];

    /// <summary>How many deadlines run.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Lets all deadlines pass that run now; they have passed when this returns.</summary>
    /// <returns>How many there were.</returns>
    public int Pass()
    {
        HeldTimer[] passed;
        lock (_lock)
        {
            passed = [.. _held];
            _held.Clear();
        }

        Array.ForEach(passed, timer => timer.Pass());
        return passed.Length;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Held)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = new HeldTimer(this, callback, state);
        lock (_lock)
        {
            _held.Add(timer);
        }

        return timer;
    }

    private void Forget(HeldTimer timer)
    {
        lock (_lock)
        {
            _held.Remove(timer);
        }
    }

    private sealed class HeldTimer(DeadlineClock clock, TimerCallback callback, object? state) : ITimer
    {
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
