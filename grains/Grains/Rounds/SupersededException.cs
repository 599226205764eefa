namespace Sheaf.Grains.Rounds;

/// <summary>Another activation of the coordinator has taken the task over; this one must stop and write nothing more.</summary>
/// <param name="task">The task.</param>
/// <param name="cause">What showed it.</param>
internal sealed class SupersededException(string task, Exception? cause = null)
    : Exception($"Another coordinator has taken task '{task}' over.", cause);
