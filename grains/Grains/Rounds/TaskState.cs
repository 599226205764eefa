using System.Collections.Immutable;
using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Rounds;

/// <summary>The coordinator's row. Writing it is the commit: it alone says which checkpoint is current.</summary>
[GenerateSerializer, Alias("sheaf.TaskState")]
internal sealed class TaskState
{
    /// <summary>The task; null before it starts.</summary>
    [Id(0)]
    public TaskSpec? Spec { get; set; }

    /// <summary>Whether it runs.</summary>
    [Id(1)]
    public TaskRunStatus Status { get; set; }

    /// <summary>Raised by every activation that takes the task over: what an older one does can no longer be written.</summary>
    [Id(2)]
    public long Epoch { get; set; }

    /// <summary>Rounds that are over.</summary>
    [Id(3)]
    public int Round { get; set; }

    /// <summary>The current checkpoint; null before the first one is made.</summary>
    [Id(4)]
    public CheckpointRef? Checkpoint { get; set; }

    /// <summary>The checkpoint before it, which a slice that started late may still read.</summary>
    [Id(5)]
    public CheckpointRef? Previous { get; set; }

    /// <summary>Whether the record of <see cref="Round"/> is complete, evaluation included.</summary>
    [Id(6)]
    public bool IsRecorded { get; set; } = true;

    /// <summary>Whether a device was erased while the task ran: from then on the study and its seed do not say alone what happens.</summary>
    [Id(8)]
    public bool IsDisturbed { get; set; }

    /// <summary>Earlier checkpoints to go back to, ascending by round.</summary>
    [Id(9)]
    public List<KeptCheckpoint> Kept { get; set; } = [];

    /// <summary>The spacing of the rounds whose checkpoints are kept.</summary>
    [Id(10)]
    public int KeptSpacing { get; set; } = 1;

    /// <summary>Checkpoints that nothing names any more and that are still to be removed.</summary>
    [Id(11)]
    public List<CheckpointRef> Obsolete { get; set; } = [];

    /// <summary>The unlearning under way: rounds are run again, not drawn; null when there is none.</summary>
    [Id(12)]
    public UnlearningState? Unlearning { get; set; }

    /// <summary>What has been unlearnt.</summary>
    [Id(13)]
    public List<UnlearningRecord> Unlearned { get; set; } = [];

    /// <summary>The last epoch, but for the first, that had taken the task over to the end: only from then on could anybody be told that it had taken a device out.</summary>
    [Id(14)]
    public long TakenOver { get; set; }

    /// <summary>When it is by the virtual clock: how long the rounds that are over have taken.</summary>
    [Id(15)]
    public TimeSpan VirtualTime { get; set; }

    /// <summary>Why it failed.</summary>
    [Id(7)]
    public string? Failure { get; set; }
}

/// <summary>A checkpoint to go back to.</summary>
/// <param name="Round">The round that it is the checkpoint after.</param>
/// <param name="Checkpoint">The checkpoint.</param>
[GenerateSerializer, Immutable, Alias("sheaf.KeptCheckpoint")]
internal sealed record KeptCheckpoint([property: Id(0)] int Round, [property: Id(1)] CheckpointRef Checkpoint);

/// <summary>An unlearning under way.</summary>
/// <param name="Devices">Whose data is unlearnt.</param>
/// <param name="CleanRound">The round whose checkpoint it went back to.</param>
/// <param name="LastRound">The last round that is run again, or in whose place another is run.</param>
/// <param name="Began">When it began.</param>
/// <param name="IsReplay">Whether rounds are run again as they are written down; else new ones are run.</param>
/// <param name="Then">What the task is when it is done: running, when it was not over.</param>
/// <param name="ThenFailure">Why it had failed.</param>
[GenerateSerializer, Immutable, Alias("sheaf.UnlearningState")]
internal sealed record UnlearningState(
    [property: Id(0)] ImmutableArray<string> Devices,
    [property: Id(1)] int CleanRound,
    [property: Id(2)] int LastRound,
    [property: Id(3)] DateTimeOffset Began,
    [property: Id(4)] bool IsReplay,
    [property: Id(5)] TaskRunStatus Then,
    [property: Id(6)] string? ThenFailure);
