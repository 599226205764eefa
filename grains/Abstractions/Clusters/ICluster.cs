using System.Collections.Immutable;
using Orleans.Concurrency;
using Sheaf.Abstractions.Security;

namespace Sheaf.Abstractions.Clusters;

/// <summary>The cluster as its operators see it. Key: 0.</summary>
[Alias("sheaf.ICluster")]
public interface ICluster : IGrainWithIntegerKey
{
    /// <summary>The silos, those that are gone as far as the membership remembers them.</summary>
    /// <returns>The silos, by name.</returns>
    [Alias("GetSilos"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<ImmutableArray<SiloDescription>> GetSilosAsync();

    /// <summary>Every task that was ever started and not forgotten, whatever has become of it. Wakes no task.</summary>
    /// <returns>The tasks, by when they were started.</returns>
    [Alias("GetTasks"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<ImmutableArray<TaskEntry>> GetTasksAsync();
}

/// <summary>One silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it listens, and which of the processes there it is.</param>
/// <param name="Status">Whether it is part of the cluster.</param>
/// <param name="Version">The version of Sheaf it runs; empty when it has said nothing of itself.</param>
/// <param name="Lanes">Training threads.</param>
/// <param name="Accelerators">What it says it has: <c>none</c>, or a list such as <c>cuda:0,cuda:1</c>.</param>
/// <param name="Activations">Grains that are awake on it; −1 when it did not answer.</param>
[GenerateSerializer, Immutable, Alias("sheaf.SiloDescription")]
public sealed record SiloDescription(
    [property: Id(0)] string Name,
    [property: Id(1)] string Address,
    [property: Id(2)] string Status,
    [property: Id(3)] string Version,
    [property: Id(4)] int Lanes,
    [property: Id(5)] string Accelerators,
    [property: Id(6)] int Activations);

/// <summary>One task.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Population">What it trains on.</param>
/// <param name="Status">Whether it runs.</param>
/// <param name="Started">When it was started.</param>
/// <param name="Changed">When it last became what it is.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TaskEntry")]
public sealed record TaskEntry(
    [property: Id(0)] string Name,
    [property: Id(1)] string Population,
    [property: Id(2)] Tasks.TaskRunStatus Status,
    [property: Id(3)] DateTimeOffset Started,
    [property: Id(4)] DateTimeOffset Changed);
