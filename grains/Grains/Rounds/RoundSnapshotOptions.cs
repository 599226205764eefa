namespace Sheaf.Grains.Rounds;

/// <summary>How often what a round has merged is stored, so that it outlives its silos and its coordinator.</summary>
public sealed class RoundSnapshotOptions
{
    /// <summary>How long a round trains before the first snapshot, and from one to the next. Nothing is stored when nothing was merged since.</summary>
    /// <value>Above zero. A crash costs the updates of at most about this time; a snapshot writes one vector of eight bytes a parameter for every silo
    /// that has merged something. Rounds that train for less store nothing. Default: 2 seconds.</value>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);
}
