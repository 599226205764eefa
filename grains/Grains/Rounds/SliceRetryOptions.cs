namespace Sheaf.Grains.Rounds;

/// <summary>How hard a round tries before it is abandoned.</summary>
public sealed class SliceRetryOptions
{
    /// <summary>How often one slice may be lost before the round is abandoned.</summary>
    /// <value>At least 1. Default: 10, which with the pauses outlasts the half minute in which a cluster notices that a silo is gone.</value>
    public int LossesMax { get; init; } = 10;

    /// <summary>The pause before a slice that was lost once runs again; it doubles with every further loss.</summary>
    /// <value>Above zero. Default: 200 milliseconds.</value>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause.</summary>
    /// <value>At least <see cref="Pause"/>. Default: 5 seconds.</value>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause before a device is asked again that trains for another task.</summary>
    /// <value>Above zero. Default: 20 milliseconds.</value>
    public TimeSpan BusyPause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The pause after a number of losses.</summary>
    /// <param name="losses">How many, at least 1.</param>
    /// <returns>The pause before the next try.</returns>
    internal TimeSpan PauseAfter(int losses) => TimeSpan.FromSeconds(Math.Min(PauseMax.TotalSeconds, Pause.TotalSeconds * Math.Pow(2, losses - 1)));
}
