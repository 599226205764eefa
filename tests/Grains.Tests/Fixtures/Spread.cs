using Sheaf.Grains.Activity;
using Sheaf.Grains.Placement;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>Where the shards of a population live goes by the addresses of silos, which are new every time: by chance, none may live on one of them.</summary>
internal static class Spread
{
    private const int ShardsMin = 2;

    /// <summary>A name under which a tiny population has shards, at least two, on every silo.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="prefix">What the name begins with.</param>
    public static async Task<string> NameAsync(IGrainFactory grains, string prefix)
    {
        var silos = (await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Keys;
        return Enumerable.Range(0, 1000).Select(number => $"{prefix}-{number}").First(name =>
        {
            var homes = Enumerable.Range(0, TinyStudy.Shards).CountBy(shard =>
                RendezvousPlacementDirector.Home(grains.GetGrain<IActivityShard>(ShardKey.Of(name, shard)).GetGrainId().ToString(), silos)).ToArray();
            return homes.Length == silos.Count && homes.All(home => home.Value >= ShardsMin);
        });
    }
}
