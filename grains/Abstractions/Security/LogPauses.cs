using System.Collections.Concurrent;

namespace Sheaf.Abstractions.Security;

/// <summary>Lets a log tell of one kind of event once in a while, however often it happens. Thread-safe.</summary>
/// <typeparam name="TKind">What tells kinds apart; there must be few.</typeparam>
/// <param name="time">The clock.</param>
internal sealed class LogPauses<TKind>(TimeProvider time)
    where TKind : notnull
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<TKind, Told> _told = new();

    /// <summary>Counts an event.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="count">How many there were since the last that was told, with this one.</param>
    /// <returns>Whether this one is told.</returns>
    public bool IsDue(TKind kind, out long count)
    {
        var told = _told.GetOrAdd(kind, _ => new Told());
        lock (told)
        {
            count = ++told.Since;
            var now = time.GetTimestamp();
            if (told.At is { } at && time.GetElapsedTime(at, now) < Pause)
            {
                return false;
            }

            (told.Since, told.At) = (0, now);
            return true;
        }
    }

    private sealed class Told
    {
        public long? At { get; set; }

        public long Since { get; set; }
    }
}
