using System.Collections.Immutable;
using Sheaf.Abstractions.Tasks;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>A cluster of one silo and one of three, for the tests that stop none: they tell themselves apart by population, task and seed.</summary>
public sealed class SharedClusters : IAsyncLifetime
{
    /// <summary>The seed of the run that others are compared with.</summary>
    internal const ulong ReferenceSeed = 1;

    internal SheafCluster One { get; private set; } = null!;

    internal SheafCluster Three { get; private set; } = null!;

    /// <summary>The undisturbed run, on one silo.</summary>
    internal ImmutableArray<RoundRecord> Reference { get; private set; }

    public async Task InitializeAsync()
    {
        One = await SheafCluster.StartAsync(1);
        Three = await SheafCluster.StartAsync(3);
        Reference = await One.RunAsync("reference", TinyStudy.Task("reference", ReferenceSeed));
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Three.DisposeAsync();
    }
}

/// <summary>The tests that share clusters.</summary>
[CollectionDefinition(Name)]
public sealed class Clusters : ICollectionFixture<SharedClusters>
{
    public const string Name = "clusters";
}
