using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>How far a task is.</summary>
/// <param name="Status">Whether it runs.</param>
/// <param name="Round">The round under way, or the last one.</param>
/// <param name="Rounds">How many there will be.</param>
/// <param name="Phase">What the round is doing.</param>
/// <param name="Records">Rounds that are over, ascending.</param>
/// <param name="Failure">Why it failed, or, while it runs, why it waits: its storage fails, and it goes on when that is mended. Null otherwise.</param>
/// <param name="Periods">Periods that have begun and were to be scored, ascending.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TaskProgress")]
public sealed record TaskProgress(
    [property: Id(0)] TaskRunStatus Status,
    [property: Id(1)] int Round,
    [property: Id(2)] int Rounds,
    [property: Id(3)] RoundPhase Phase,
    [property: Id(4)] ImmutableArray<RoundRecord> Records,
    [property: Id(5)] string? Failure,
    [property: Id(6)] ImmutableArray<PeriodRecord> Periods);

/// <summary>Whether a task runs.</summary>
[GenerateSerializer, Alias("sheaf.TaskRunStatus")]
public enum TaskRunStatus
{
    /// <summary>It was never started.</summary>
    Unknown,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>All rounds are done.</summary>
    Completed,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It cannot go on.</summary>
    Failed,

    /// <summary>It waits until it is told to go on.</summary>
    Paused,
}

/// <summary>What a round is doing.</summary>
[GenerateSerializer, Alias("sheaf.RoundPhase")]
public enum RoundPhase
{
    /// <summary>Nothing yet, or nothing more.</summary>
    Idle,

    /// <summary>Shards draw the cohort.</summary>
    Select,

    /// <summary>The cohort becomes slices.</summary>
    Configure,

    /// <summary>Devices train and their updates are folded.</summary>
    Train,

    /// <summary>Sums become the next checkpoint.</summary>
    Aggregate,

    /// <summary>The checkpoint becomes current.</summary>
    Commit,

    /// <summary>Devices score the checkpoint.</summary>
    Evaluate,

    /// <summary>The task waits until the population has the next period.</summary>
    Await,
}
