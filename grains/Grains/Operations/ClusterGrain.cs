using System.Collections.Immutable;
using System.Globalization;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Operations;

/// <summary>Knows the cluster's silos from the membership, and its tasks from what they have told.</summary>
internal sealed class ClusterGrain : Grain, ICluster, ITaskCatalog
{
    private readonly IPersistentState<TaskCatalogState> _state;
    private readonly IClusterMembershipService _membership;
    private readonly ISiloMetadataCache _metadata;
    private readonly SerialWriter _writer;

    /// <summary>Made by the runtime.</summary>
    public ClusterGrain(
        [PersistentState(StorageNames.Catalog, StorageNames.Provider)] IPersistentState<TaskCatalogState> state,
        IClusterMembershipService membership,
        ISiloMetadataCache metadata)
    {
        (_state, _membership, _metadata) = (state, membership, metadata);
        _writer = new SerialWriter(() => state.WriteStateAsync());
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<SiloDescription>> GetSilosAsync()
    {
        var members = _membership.CurrentSnapshot.Members.Values.OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.SiloAddress);
        return [.. await Task.WhenAll(members.Select(DescribeAsync))];
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<TaskEntry>> GetTasksAsync() => Task.FromResult(_state.State.Tasks.Values.OrderBy(task => task.Started).ToImmutableArray());

    /// <inheritdoc/>
    public async Task NoteAsync(TaskEntry entry)
    {
        // Written also when it is known: the write that should have stored it may have failed.
        var known = _state.State.Tasks.GetValueOrDefault(entry.Name);
        _state.State.Tasks[entry.Name] = known is null ? entry
            : known with { Status = entry.Status, Changed = known.Status == entry.Status ? known.Changed : entry.Changed };
        await _writer.WriteAsync();
    }

    /// <inheritdoc/>
    public Task<string[]> GetRunningAsync() =>
        Task.FromResult(_state.State.Tasks.Values.Where(task => task.Status == TaskRunStatus.Running).Select(task => task.Name).ToArray());

    private async Task<SiloDescription> DescribeAsync(ClusterMember member)
    {
        var metadata = _metadata.GetSiloMetadata(member.SiloAddress).Metadata;
        return new SiloDescription(
            member.Name,
            member.SiloAddress.ToParsableString(),
            member.Status.ToString(),
            metadata.GetValueOrDefault(SiloFacts.Version, ""),
            int.Parse(metadata.GetValueOrDefault(SiloFacts.Lanes, "0"), CultureInfo.InvariantCulture),
            metadata.GetValueOrDefault(SiloFacts.Accelerators, SiloFacts.NoAccelerator),
            member.Status == SiloStatus.Active ? await CountAsync(member.SiloAddress) : 0);
    }

    private async Task<int> CountAsync(SiloAddress silo)
    {
        try
        {
            return (await GrainFactory.GetGrain<IManagementGrain>(0).GetRuntimeStatistics([silo]))[0].ActivationCount;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            // A silo that does not answer is told of all the same.
            return -1;
        }
    }
}

/// <summary>What is stored of the tasks.</summary>
[GenerateSerializer, Alias("sheaf.TaskCatalogState")]
internal sealed class TaskCatalogState
{
    /// <summary>The tasks, by name.</summary>
    [Id(0)]
    public Dictionary<string, TaskEntry> Tasks { get; set; } = new(StringComparer.Ordinal);
}
