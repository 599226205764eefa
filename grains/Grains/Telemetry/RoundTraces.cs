using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sheaf.Grains.Telemetry;

/// <summary>
/// The traces of the rounds whose coordinators are in this process, by task: so that a line of the log that names a task is found with the round it tells
/// of, although no span is ever the current one. Thread-safe.
/// </summary>
public static class RoundTraces
{
    private static readonly ConcurrentDictionary<string, ActivityContext> Current = new(StringComparer.Ordinal);

    /// <summary>The trace of the round of a task that is under way here.</summary>
    /// <param name="task">The task.</param>
    /// <returns>The round's span; null when none is under way here, or nobody traces it.</returns>
    public static ActivityContext? Find(string task) => Current.TryGetValue(task, out var context) ? context : null;

    /// <summary>Sets the trace of a task's round.</summary>
    /// <param name="task">The task.</param>
    /// <param name="context">The round's span; null when nobody traces it.</param>
    internal static void Set(string task, ActivityContext? context)
    {
        if (context is { } round)
        {
            Current[task] = round;
        }
    }

    /// <summary>Forgets a round that is over, unless another one has begun.</summary>
    /// <param name="task">The task.</param>
    /// <param name="context">The round's span; null does nothing.</param>
    internal static void Remove(string task, ActivityContext? context)
    {
        if (context is { } round)
        {
            Current.TryRemove(KeyValuePair.Create(task, round));
        }
    }
}
