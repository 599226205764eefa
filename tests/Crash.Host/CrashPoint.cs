using System.Diagnostics;
using System.Globalization;

namespace Sheaf.Crash.Host;

/// <summary>The point at which a process kills itself, as <c>MOMENT:NAME:COUNT</c>. Thread-safe.</summary>
/// <param name="moment">When: <c>call</c> and <c>return</c> of a grain's method, <c>write</c> and <c>written</c> of a grain's state.</param>
/// <param name="name">The method, or the name of the state.</param>
/// <param name="count">The how many-th of them, from 1.</param>
internal sealed class CrashPoint(string moment, string name, int count)
{
    private int _seen;

    /// <summary>Reads a point.</summary>
    /// <param name="text">For example <c>call:AggregateAsync:2</c>.</param>
    /// <returns>The point.</returns>
    public static CrashPoint Parse(string text)
    {
        var parts = text.Split(':');
        return new CrashPoint(parts[0], parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    /// <summary>Notes what happens now; the process does not survive its point.</summary>
    /// <param name="happening">The moment.</param>
    /// <param name="what">The method, or the name of the state.</param>
    public void Pass(string happening, string what)
    {
        if (happening == moment && what == name && Interlocked.Increment(ref _seen) == count)
        {
            // SIGKILL: nothing is flushed, disposed of, or told to anybody.
            Process.GetCurrentProcess().Kill();
        }
    }
}
