namespace Sheaf.Grains.Rounds;

/// <summary>Which tasks a silo wakes by itself.</summary>
public sealed class TaskGuardianOptions
{
    /// <summary>Whether a silo that starts wakes every task that was running when the cluster was last up.</summary>
    /// <value>Default: true. A cluster that somebody opens to look at what it holds must not train.</value>
    public bool WakesOnStart { get; init; } = true;
}
