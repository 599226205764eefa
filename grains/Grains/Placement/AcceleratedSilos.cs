using System.Collections.Immutable;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Sheaf.Abstractions.Clusters;

namespace Sheaf.Grains.Placement;

/// <summary>Where the devices of a task live that asks for accelerators: on the silos that have one. Thread-safe.</summary>
internal sealed class AcceleratedSilos(IClusterMembershipService membership, ISiloMetadataCache metadata)
{
    /// <summary>The active silos that say that they have CUDA, at this moment.</summary>
    /// <returns>Their addresses; empty when none has.</returns>
    public ImmutableArray<SiloAddress> Current() =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active
                && metadata.GetSiloMetadata(member.SiloAddress).Metadata.GetValueOrDefault(SiloFacts.Accelerator) == SiloFacts.Cuda)
            .Select(member => member.SiloAddress),
    ];
}
