using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Storage;
using Orleans.TestingHost;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Telemetry;
using Sheaf.Grains.Training;
using Sheaf.Silo.Hosting;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>A real cluster: silos of one process on one SQLite file, trainers of libtorch behind a gate.</summary>
internal sealed class SheafCluster : IAsyncDisposable
{
    /// <summary>How long a test waits for anything before it fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Of how many devices one has spans.</summary>
    public const int DeviceSpansEvery = 4;

    private const int Lanes = 2;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-grains-");
    private readonly InProcessTestCluster _cluster;

    private SheafCluster(int silos, IReadOnlyCollection<string> acceleratedSilos, TimeProvider? clock, TimeSpan? snapshots, int? requestsMax, int? awakeMax)
    {
        DatabaseFile = Path.Combine(_folder.FullName, "cluster.db");
        Calls = new CallWatch(Faults);
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((options, silo) =>
        {
            var isAccelerated = acceleratedSilos.Contains(options.SiloName);
            silo.AddSheaf(DatabaseFile, new SiloParts(Lanes, isAccelerated ? "cuda:0" : "none"));
            silo.Services.AddSingleton(new AcceleratorTrainers(isAccelerated ? [Gate.FactoryFor(options.SiloName, isAccelerator: true)] : []));
            silo.Services.AddSingleton(new SliceRetryOptions { Pause = TimeSpan.FromMilliseconds(1), PauseMax = TimeSpan.FromMilliseconds(100) });
            silo.Services.AddSingleton(snapshots is { } interval ? new RoundSnapshotOptions { Interval = interval } : new RoundSnapshotOptions());
            silo.Services.AddSingleton(awakeMax is { } max ? new AwakeDeviceOptions { Max = max } : new AwakeDeviceOptions());
            silo.Services.AddSingleton(new DeviceSpanOptions { Every = DeviceSpansEvery });
            silo.Services.AddSingleton(Gate.FactoryFor(options.SiloName));
            silo.Services.AddSingleton(clock ?? Deadlines);
            WatchedStorage.Wrap(silo.Services, Commits, Faults);
            Faults.WrapCleaner(silo.Services);
            silo.AddIncomingGrainCallFilter(Calls);
            silo.Configure<SiloMessagingOptions>(messaging => messaging.MaxEnqueuedRequestsHardLimit = requestsMax ?? messaging.MaxEnqueuedRequestsHardLimit);
        });
        _cluster = builder.Build();
    }

    public TrainingGate Gate { get; } = new();

    public CommitWatch Commits { get; } = new();

    public DeadlineClock Deadlines { get; } = new();

    public Faults Faults { get; } = new();

    public CallWatch Calls { get; }

    public string DatabaseFile { get; }

    public IGrainFactory Grains => _cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public static async Task<SheafCluster> StartAsync(
        int silos, IReadOnlyCollection<string>? acceleratedSilos = null, TimeProvider? clock = null, TimeSpan? snapshots = null, int? requestsMax = null, int? awakeMax = null)
    {
        var cluster = new SheafCluster(silos, acceleratedSilos ?? [], clock, snapshots, requestsMax, awakeMax);
        await cluster._cluster.DeployAsync();
        await cluster._cluster.WaitForLivenessToStabilizeAsync();
        return cluster;
    }

    /// <summary>Waits for a condition that no event tells of, asking through a grain or a silo's services.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {Patience} in vain until {what}.");
            }

            await Task.Yield();
        }
    }

    public IPopulation Population(string name) => Grains.GetGrain<IPopulation>(name);

    public IPopulationTasks TasksOf(string population) => Grains.GetGrain<IPopulationTasks>(population);

    public IRoundFence Fence(string task) => Grains.GetGrain<IRoundFence>(task);

    public IRoundCoordinator Coordinator(string task) => Grains.GetGrain<IRoundCoordinator>(task);

    public IDevice Device(string population, string deviceId) => Grains.GetGrain<IDevice>(DeviceKey.Of(population, deviceId));

    public T Service<T>(SiloAddress silo)
        where T : notnull => _cluster.GetSiloServiceProvider(silo).GetRequiredService<T>();

    public string NameOf(SiloAddress silo) => _cluster.GetSiloForAddress(silo)!.Name;

    public SiloAddress AddressOf(string silo) => Silos.First(handle => handle.Name == silo).SiloAddress;

    /// <summary>Registers a tiny generated population and makes its data available.</summary>
    public async Task<PopulationTotals> RegisterAsync(string name, PopulationSpec? spec = null)
    {
        await Population(name).RegisterAsync(spec ?? TinyStudy.Population());
        return await Population(name).SealAsync(default);
    }

    /// <summary>Registers the tiny population under the task's name, and starts the task.</summary>
    public async Task StartTaskAsync(string task, TaskSpec spec, PopulationSpec? population = null)
    {
        await RegisterAsync(spec.Population, population);
        await Coordinator(task).StartAsync(spec);
    }

    /// <summary>Waits, without calling the task, until it has ended; then reads what it says.</summary>
    public async Task<TaskProgress> EndAsync(string task)
    {
        await Commits.WrittenAsync(task, row => row.Status is not TaskRunStatus.Running);
        return await Coordinator(task).GetProgressAsync(0);
    }

    /// <summary>Starts a task on a tiny population and waits until it has completed.</summary>
    public async Task<ImmutableArray<RoundRecord>> RunAsync(string task, TaskSpec spec, PopulationSpec? population = null)
    {
        await StartTaskAsync(task, spec, population);
        var progress = await EndAsync(task);
        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        Assert.Empty((await Coordinator(task).AuditAsync()).Findings);
        return progress.Records;
    }

    /// <summary>Who took part in a round, from the ledger in storage.</summary>
    public async Task<CohortLedger> CohortAsync(string task, int round)
    {
        var row = new GrainState<RoundState>(new RoundState());
        await Storage.ReadStateAsync($"round-{round}", Coordinator(task).GetGrainId(), row);
        return row.State!.Cohort!;
    }

    /// <summary>What is stored of a task's round under way; null when nothing is.</summary>
    public async Task<RoundSnapshot?> SnapshotAsync(string task)
    {
        var row = new GrainState<RoundSnapshot>(new RoundSnapshot());
        await Storage.ReadStateAsync(SnapshotRow.StateName, Coordinator(task).GetGrainId(), row);
        return row.RecordExists ? row.State : null;
    }

    /// <summary>What is in the database of rounds of a task that are not over: rows of chunks, and that of the round.</summary>
    public string[] RowsOfSnapshots(string task) => [.. DatabaseRows.StatesOf(DatabaseFile, task)
        .Where(state => state == SnapshotRow.StateName || state.StartsWith("sum-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Where the activations of a grain class are.</summary>
    public async Task<IReadOnlyList<(string Key, string Silo)>> ActivationsAsync<T>()
        where T : Grain
    {
        var statistics = await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return [.. statistics
            .Where(statistic => statistic.GrainType.Split(',')[0].EndsWith(typeof(T).Name, StringComparison.Ordinal))
            .Select(statistic => (statistic.GrainId.Key.ToString()!, NameOf(statistic.SiloAddress)))];
    }

    /// <summary>What the first silo is made of.</summary>
    public IServiceProvider Services => _cluster.Silos[0].ServiceProvider;

    public IGrainStorage Storage => _cluster.Silos[0].ServiceProvider.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider);

    /// <summary>Puts a grain's activation to sleep.</summary>
    public Task SleepAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public Task StartSiloAsync() => _cluster.StartAdditionalSiloAsync();

    public Task StopAsync(string silo) => _cluster.StopSiloAsync(Silos.First(handle => handle.Name == silo));

    public Task KillAsync(string silo) => _cluster.KillSiloAsync(Silos.First(handle => handle.Name == silo));

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
