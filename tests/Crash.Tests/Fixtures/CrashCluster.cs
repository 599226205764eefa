using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Sheaf.Grains.Tests.Postgres;

namespace Sheaf.Crash.Tests.Fixtures;

/// <summary>Silos as processes of their own on a PostgreSQL server of their own.</summary>
internal sealed class CrashCluster : IAsyncDisposable
{
    /// <summary>How long anything may take that is no measurement: the machine may be busy with other things.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ImmutableArray<(string Key, string Value)> _settings;
    private readonly List<SiloProcess> _silos = [];
    private RemoteCluster? _client;

    private CrashCluster(PostgresServer server, string database, IEnumerable<(string Key, string Value)> settings)
    {
        Server = server;
        _settings =
        [
            ("Storage:Kind", "postgres"),
            ("Storage:ConnectionString", database),
            ("Storage:JournalFile", Path.Combine(server.Folder, "erasures.jsonl")),
            ("Storage:PoolSize", "10"),
            ("Membership:Probe", "00:00:01"),
            ("Lanes", "1"),
            ("StopTime", "00:00:30"),
            .. settings,
        ];
    }

    public PostgresServer Server { get; }

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public IGrainFactory Grains => _client!.Grains;

    public string Address => $"sheaf@{string.Join(',', _silos.Select(silo => $"127.0.0.1:{silo.Place.GatewayPort}"))}";

    public static async Task<CrashCluster> StartAsync(int silos, params (string Key, string Value)[] settings)
    {
        var server = await PostgresServer.StartAsync("-c full_page_writes=off -c max_connections=200");
        var cluster = new CrashCluster(server, await server.CreateAsync("crash"), settings);
        try
        {
            cluster._silos.AddRange(Enumerable.Range(0, silos).Select(silo => cluster.Start(PlaceOf($"silo-{silo}"))));
            await Task.WhenAll(cluster._silos.Select(silo => silo.ReadyAsync(Patience)));
            cluster._client = await RemoteCluster.ConnectAsync(ClusterAddress.Parse(cluster.Address), CancellationToken.None);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo anew where another one was, as an orchestrator does.</summary>
    public async Task<SiloProcess> RestartAsync(SiloProcess ended)
    {
        var again = Start(ended.Place);
        _silos[_silos.IndexOf(ended)] = again;
        await ended.DisposeAsync();
        await again.ReadyAsync(Patience);
        return again;
    }

    /// <summary>Starts again whichever silos have ended, and waits until the membership has all of them.</summary>
    public async Task MendAsync()
    {
        await Task.WhenAll(_silos.Where(silo => silo.HasEnded).ToArray().Select(RestartAsync));
        await AskAsync("all silos are active", async () =>
            (await Grains.GetGrain<ICluster>(0).GetSilosAsync()).Count(silo => silo.Status == "Active") == _silos.Count);
    }

    /// <summary>The silo on which a grain lives.</summary>
    public async Task<SiloProcess> HomeOfAsync(string grainClass, string key)
    {
        SiloProcess? home = null;
        await AskAsync($"{grainClass} {key} is somewhere", async () =>
        {
            var statistics = await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
            var found = statistics.FirstOrDefault(grain =>
                grain.GrainType.Split(',')[0].EndsWith(grainClass, StringComparison.Ordinal) && grain.GrainId.Key.ToString() == key);
            home = found is null ? null : _silos.First(silo => silo.Place.SiloPort == found.SiloAddress.Endpoint.Port);
            return home is not null;
        });
        return home!;
    }

    /// <summary>Lets time pass while the cluster does what it does.</summary>
    public static async Task PassAsync(TimeSpan time)
    {
        using var pace = new PeriodicTimer(time);
        await pace.WaitForNextTickAsync();
    }

    /// <summary>Asks again and again until a condition holds; no answer is no reason to give up.</summary>
    public static async Task AskAsync(string what, Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        Exception? last = null;
        while (!patience.IsCancellationRequested && await pace.WaitForNextTickAsync())
        {
            try
            {
                if (await condition().WaitAsync(TimeSpan.FromSeconds(5), patience.Token))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException or OperationCanceledException)
            {
                last = exception;
            }
        }

        throw new TimeoutException($"Waited {Patience} in vain until {what}.", last);
    }

    /// <summary>Asks until there is an answer.</summary>
    public static async Task<T> AskForAsync<T>(string what, Func<Task<T>> question)
        where T : class
    {
        T? answer = null;
        await AskAsync(what, async () => (answer = await question()) is not null);
        return answer!;
    }

    /// <summary>Starts a study as a task of the cluster.</summary>
    public async Task<IRoundCoordinator> SubmitAsync(string name, Study study)
    {
        await Grains.GetGrain<IPopulation>(name).RegisterAsync(StudySpecs.PopulationOf(study));
        await Grains.GetGrain<IPopulation>(name).SealAsync(default);
        var task = Grains.GetGrain<IRoundCoordinator>(name);
        await task.StartAsync(StudySpecs.TaskOf(study, name, await Grains.GetGrain<IPopulation>(name).GetLabelsAsync()));
        return task;
    }

    /// <summary>Waits until a task has a number of rounds behind it.</summary>
    public static Task RoundAsync(IRoundCoordinator task, int round) =>
        AskAsync($"round {round} is over", async () => (await task.GetProgressAsync(round)) is var progress
            && (progress.Status == TaskRunStatus.Failed ? throw new InvalidOperationException(progress.Failure) : progress.Round > round || progress.Status == TaskRunStatus.Completed));

    /// <summary>Waits until a task has ended.</summary>
    /// <returns>All its rounds.</returns>
    public static async Task<ImmutableArray<RoundRecord>> EndAsync(IRoundCoordinator task)
    {
        TaskProgress? progress = null;
        var records = ImmutableArray.CreateBuilder<RoundRecord>();
        await AskAsync("the task has ended", async () =>
        {
            progress = await task.GetProgressAsync(records.Count);
            records.AddRange(progress.Records);
            return progress.Status != TaskRunStatus.Running && progress.Records.IsEmpty;
        });
        Assert.Equal((TaskRunStatus.Completed, null), (progress!.Status, progress.Failure));
        return records.ToImmutable();
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
        await Server.DisposeAsync();
    }

    private SiloProcess Start(SiloPlace place) => SiloProcess.Start(place, _settings, Server.Folder);

    private static SiloPlace PlaceOf(string name)
    {
        using var listeners = new Listeners(3);
        return new SiloPlace(name, listeners.Ports[0], listeners.Ports[1], listeners.Ports[2]);
    }

    /// <summary>Ports that nobody else has, held together so that no two are the same.</summary>
    private sealed class Listeners : IDisposable
    {
        private readonly TcpListener[] _listeners;

        public Listeners(int count)
        {
            _listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
            Array.ForEach(_listeners, listener => listener.Start());
        }

        public int[] Ports => Array.ConvertAll(_listeners, listener => ((IPEndPoint)listener.LocalEndpoint).Port);

        public void Dispose() => Array.ForEach(_listeners, listener => listener.Dispose());
    }
}
