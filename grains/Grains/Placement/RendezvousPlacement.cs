using System.IO.Hashing;
using System.Text;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Sheaf.Grains.Placement;

/// <summary>Places a grain by rendezvous hashing: every silo finds the same home for a key, and when a silo goes only its own grains move.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RendezvousPlacementAttribute() : PlacementAttribute(new RendezvousPlacement());

/// <summary>The strategy of <see cref="RendezvousPlacementAttribute"/>.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("sheaf.RendezvousPlacement")]
internal sealed class RendezvousPlacement : PlacementStrategy;

/// <summary>Picks the silo with the highest hash of (key, silo) (Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998).</summary>
internal sealed class RendezvousPlacementDirector : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(Home(target.GrainIdentity.ToString(), context.GetCompatibleSilos(target)));

    /// <summary>The home of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="silos">The silos, in any order, at least one.</param>
    /// <returns>One of them.</returns>
    internal static SiloAddress Home(string key, IEnumerable<SiloAddress> silos) =>
        silos.MaxBy(silo => (Score(key, silo), silo.ToParsableString()))!;

    private static ulong Score(string key, SiloAddress silo) =>
        XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{key}@{silo.ToParsableString()}"));
}
