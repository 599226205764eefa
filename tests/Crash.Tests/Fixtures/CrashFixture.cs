using System.Collections.Immutable;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Sheaf.Grains.Tests.Postgres;
using Sheaf.Silo.Hosting;

namespace Sheaf.Crash.Tests.Fixtures;

/// <summary>Three silos on PostgreSQL, and what a run of the same study gives that nobody disturbs.</summary>
public sealed class CrashFixture : IAsyncLifetime
{
    private const int Rounds = 8;

    private CrashCluster? _cluster;
    private ImmutableArray<RoundRecord> _undisturbed;

    /// <summary>Rounds of a second or more, so that there is something to disturb.</summary>
    internal static Study Study { get; } = StudyCatalog.Find(
        "voice",
        [
            new("training.rounds", $"{Rounds}"),
            new("training.cohort", "600"),
            new("training.local.epochs", "20"),
            new("training.deadlineSeconds", "3600"),
            new("evaluation.every", "0"),
        ]).Resolve();

    internal CrashCluster Cluster
    {
        get
        {
            PostgresServer.SkipWithout();
            return _cluster!;
        }
    }

    /// <summary>Its rounds.</summary>
    internal ImmutableArray<RoundRecord> Undisturbed => _undisturbed;

    public async Task InitializeAsync()
    {
        if (PostgresServer.Programs is not null)
        {
            _undisturbed = await RunUndisturbedAsync();
            _cluster = await CrashCluster.StartAsync(silos: 3);
        }
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>One silo in this process, on SQLite: as different as it gets.</summary>
    private static async Task<ImmutableArray<RoundRecord>> RunUndisturbedAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-undisturbed-");
        try
        {
            await using var cluster = await EmbeddedCluster.StartAsync(folder.FullName);
            var population = cluster.Grains.GetGrain<Abstractions.Populations.IPopulation>("undisturbed");
            await population.RegisterAsync(StudySpecs.PopulationOf(Study));
            await population.SealAsync(default);
            var task = cluster.Grains.GetGrain<IRoundCoordinator>("undisturbed");
            await task.StartAsync(StudySpecs.TaskOf(Study, "undisturbed", await population.GetLabelsAsync()));
            return await CrashCluster.EndAsync(task);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>The tests that disturb one cluster after another has mended it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CrashTestGroup : ICollectionFixture<CrashFixture>
{
    public const string Name = "crash";
}
