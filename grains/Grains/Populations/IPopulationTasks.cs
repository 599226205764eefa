using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Sheaf.Grains.Populations;

/// <summary>A population as tasks and devices see it. Key: its name.</summary>
[Alias("sheaf.IPopulationTasks")]
internal interface IPopulationTasks : IGrainWithStringKey
{
    /// <summary>Makes a task known to erases. Idempotent.</summary>
    /// <param name="task">The task that starts to train on the population.</param>
    /// <returns>When it is stored.</returns>
    [Alias("Attach"), AlwaysInterleave]
    Task AttachAsync(string task);

    /// <summary>Forgets a task that has ended. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <returns>When it is stored.</returns>
    [Alias("Detach"), AlwaysInterleave]
    Task DetachAsync(string task);

    /// <summary>The tasks that train on the population.</summary>
    /// <returns>Their names.</returns>
    [Alias("GetTasks"), AlwaysInterleave]
    Task<ImmutableArray<string>> GetTasksAsync();

    /// <summary>Every task that ever trained on the population, ended ones too.</summary>
    /// <returns>Their names.</returns>
    [Alias("GetAllTasks"), AlwaysInterleave]
    Task<ImmutableArray<string>> GetAllTasksAsync();

    /// <summary>Takes note that a device deletes what it has trained on: tasks tell it of their commits from now on. Idempotent.</summary>
    /// <returns>When it is stored.</returns>
    [Alias("NoteTrainOnce"), AlwaysInterleave]
    Task NoteTrainOnceAsync();

    /// <summary>What the population is now.</summary>
    /// <returns>Its specification and its policies; null when it was never registered.</returns>
    [Alias("Describe"), AlwaysInterleave]
    Task<PopulationDescription?> DescribeAsync();

    /// <summary>The highest row that has been handed to the population: an erase covers everything up to it, taken in or still on its way.</summary>
    /// <returns>The row; −1 before the first.</returns>
    [Alias("GetRowWatermark"), AlwaysInterleave]
    Task<long> GetRowWatermarkAsync();
}

/// <summary>What a population is now.</summary>
/// <param name="Spec">Its specification, with the retention policy that holds.</param>
/// <param name="Past">The policies that held before, ascending.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PopulationDescription")]
internal sealed record PopulationDescription(
    [property: Id(0)] Abstractions.Populations.PopulationSpec Spec, [property: Id(1)] ImmutableArray<PastRetention> Past);
