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

    /// <summary>Why it failed.</summary>
    [Id(7)]
    public string? Failure { get; set; }
}
