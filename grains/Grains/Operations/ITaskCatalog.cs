using Orleans.Concurrency;
using Sheaf.Abstractions.Clusters;

namespace Sheaf.Grains.Operations;

/// <summary>The cluster's tasks, as their coordinators tell of them. Key: 0.</summary>
[Alias("sheaf.ITaskCatalog")]
internal interface ITaskCatalog : IGrainWithIntegerKey
{
    /// <summary>Takes note of what a task is now. Idempotent.</summary>
    /// <param name="entry">The task.</param>
    /// <returns>When it is stored.</returns>
    [Alias("Note"), AlwaysInterleave]
    Task NoteAsync(TaskEntry entry);

    /// <summary>The tasks that run, as far as they have told.</summary>
    /// <returns>Their names.</returns>
    [Alias("GetRunning"), AlwaysInterleave]
    Task<string[]> GetRunningAsync();
}
