using Orleans.Runtime.Placement;

namespace Sheaf.Grains.Placement;

/// <summary>Says where a grain that the next calls wake should live.</summary>
internal static class PlacementHint
{
    /// <summary>Hints at a silo, for the calls that follow in this flow of control.</summary>
    /// <param name="silo">The silo; a hint at one that is gone is ignored.</param>
    public static void Set(SiloAddress silo) => RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
}
