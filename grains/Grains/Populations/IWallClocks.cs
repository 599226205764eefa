using Orleans.Concurrency;

namespace Sheaf.Grains.Populations;

/// <summary>The populations whose time is the silos' clock: their data expires also when nobody touches them. Key: 0.</summary>
[Alias("sheaf.IWallClocks")]
internal interface IWallClocks : IGrainWithIntegerKey
{
    /// <summary>Adds a population. Idempotent.</summary>
    /// <param name="population">Its name.</param>
    /// <returns>When it is stored.</returns>
    [Alias("Add"), AlwaysInterleave]
    Task AddAsync(string population);

    /// <summary>The populations that were added; one that could not be registered may be among them.</summary>
    /// <returns>Their names.</returns>
    [Alias("Get"), AlwaysInterleave]
    Task<string[]> GetAsync();
}
