namespace Sheaf.Grains.Activity;

/// <summary>Which of a device's counts a draw goes by.</summary>
[GenerateSerializer, Alias("sheaf.DrawBasis")]
internal enum DrawBasis
{
    /// <summary>Examples it can train on now.</summary>
    Current,

    /// <summary>Examples it keeps for evaluation.</summary>
    HeldOut,

    /// <summary>
    /// Examples it could train on in the period before: what a server knows that hears of counts once a period. A device that nothing is
    /// known of counts as having one.
    /// </summary>
    Stale,

    /// <summary>Examples it can train on now, rounded down to a power of two: a count is itself personal.</summary>
    Bucketed,

    /// <summary>Examples to train on that came with the latest period, before any of them was deleted.</summary>
    Fresh,

    /// <summary>All examples to train on that it ever made and that were not erased.</summary>
    Made,
}
