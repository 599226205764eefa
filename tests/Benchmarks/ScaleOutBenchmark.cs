using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Postgres;
using Sheaf.Learning.Torch.Benchmarks;
using Sheaf.Silo.Benchmarks;
using Sheaf.Silo.Configuration;
using Sheaf.Silo.Hosting;

namespace Sheaf.Benchmarks;

/// <summary>
/// What a round costs on one, two and three silos on PostgreSQL: its time and processor time as processes of one lane each, and what they say to one another:
/// messages and bytes between silos, counted by Orleans' own meter in as many hosts of this process, over real sockets.
/// </summary>
internal static class ScaleOutBenchmark
{
    private const int Rounds = 6;
    private const int Devices = 20_000;
    private const int Shards = 16;
    private static readonly int[] Cohorts = [256, 2048, 10_000];
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures.</summary>
    /// <returns>The table.</returns>
    public static async Task<BenchmarkTable> RunAsync()
    {
        if (PostgresServer.Programs is null)
        {
            return new BenchmarkTable(["There is no PostgreSQL server here (initdb, pg_ctl): scaling out was not measured."], []);
        }

        var rows = new List<string[]>();
        await using var server = await PostgresServer.StartAsync();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            var spent = await InProcessesAsync(server, silos);
            var said = await InHostsAsync(server, silos);
            rows.AddRange(Cohorts.Select(cohort => (string[])
            [
                Show($"{silos} silos, {cohort:N0} devices"),
                Show($"{1000 * spent[cohort].Seconds:F0} ms"),
                Show($"{1000 * spent[cohort].Processor:F0} ms"),
                Show($"{said[cohort].Messages:F0}"),
                Show($"{said[cohort].Bytes / 1e6:F2} MB"),
            ]));
        }

        return new BenchmarkTable(["a round, 336,447 parameters", "median", "processor time", "messages between silos", "bytes"], rows);
    }

    private static async Task<Dictionary<int, (double Seconds, double Processor)>> InProcessesAsync(PostgresServer server, int silos)
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-benchmarks-");
        var places = Enumerable.Range(0, silos).Select(_ => FreePorts()).ToArray();
        var database = await server.CreateAsync($"processes{silos}");
        var processes = new List<Process>();
        try
        {
            processes.AddRange(places.Select((ports, number) => Process.Start(new ProcessStartInfo(
                "dotnet", ["exec", typeof(SiloProgram).Assembly.Location, .. Arguments(ports, number, database, folder.FullName)])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!));
            await Task.WhenAll(places.Select(ports => ReadyAsync(ports[2])));
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Logging.ClearProviders();
            builder.UseOrleansClient(client => client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, places[0][1])).Configure<ClusterOptions>(options => options.ClusterId = "sheaf"));
            using var host = builder.Build();
            await host.StartAsync();
            var spent = new Dictionary<int, (double, double)>();
            await RunAsync(
                host.Services.GetRequiredService<IClusterClient>(),
                () => (processes.Sum(ProcessorTimeOf), 0),
                (cohort, seconds, processor) => spent[cohort] = (seconds, processor.First));
            await host.StopAsync();
            return spent;
        }
        finally
        {
            processes.ForEach(process => process.Kill());
            processes.ForEach(process => process.WaitForExit());
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Dictionary<int, (double Messages, double Bytes)>> InHostsAsync(PostgresServer server, int silos)
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-benchmarks-");
        var database = await server.CreateAsync($"hosts{silos}");
        var hosts = Enumerable.Range(0, silos).Select(number =>
        {
            var (settings, problems) = SettingsReader.Read(SettingsReader.Load(folder.FullName, [.. Arguments(FreePorts(), number, database, folder.FullName), "--Log:Level=error"]));
            return problems.Count == 0 ? SiloHost.Build(settings, new SiloParts(1)) : throw new InvalidOperationException(string.Join(' ', problems));
        }).ToArray();
        try
        {
            await Task.WhenAll(hosts.Select(host => host.StartAsync()));
            using var traffic = new Traffic();
            var said = new Dictionary<int, (double, double)>();
            await RunAsync(
                hosts[0].Services.GetRequiredService<IGrainFactory>(), () => (traffic.Messages, traffic.Bytes), (cohort, _, spent) => said[cohort] = spent);
            return said;
        }
        finally
        {
            await Task.WhenAll(hosts.Select(host => host.StopAsync()));
            foreach (var host in hosts)
            {
                await ((IAsyncDisposable)host).DisposeAsync();
            }

            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(IGrainFactory grains, Func<(double First, double Second)> counter, Action<int, double, (double First, double Second)> measured)
    {
        var population = grains.GetGrain<IPopulation>("many");
        await population.RegisterAsync(new PopulationSpec(
            Shards, 0, new RetentionSpec(null, null), new GeneratedSpec(Seed: 1, Devices, ZipfExponent: 0, Workload.Examples, Workload.Examples, LabelConcentration: 10, Periods: 1, Drift: 0)));
        await population.SealAsync(default);
        var labels = await population.GetLabelsAsync();
        foreach (var cohort in Cohorts)
        {
            var coordinator = grains.GetGrain<IRoundCoordinator>(Show($"cohort-{cohort}"));
            await coordinator.StartAsync(new TaskSpec("many", 1, labels, BareRound.Model, RoundBenchmark.PlanOf(cohort) with { Rounds = Rounds }));
            using var timer = new PeriodicTimer(PollInterval);
            var (before, first) = (counter(), 0);
            while (await timer.WaitForNextTickAsync())
            {
                var progress = await coordinator.GetProgressAsync(0);
                if (first == 0 && progress.Records.Length > 0)
                {
                    // The first round wakes devices and compiles code.
                    (before, first) = (counter(), progress.Records.Length);
                }

                if (progress.Status == TaskRunStatus.Completed)
                {
                    var seconds = progress.Records.Skip(first).Select(record => record.Seconds.Where(phase => phase.Key != RoundPhase.Evaluate).Sum(phase => phase.Value));
                    var (after, rounds) = (counter(), Rounds - first);
                    measured(cohort, Interleaved.Median(seconds), ((after.First - before.First) / rounds, (after.Second - before.Second) / rounds));
                    break;
                }

                if (progress.Status == TaskRunStatus.Failed)
                {
                    throw new InvalidOperationException(progress.Failure);
                }
            }
        }
    }

    private static double ProcessorTimeOf(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    }

    private static string[] Arguments(int[] ports, int number, string database, string folder) =>
    [
        Show($"--Cluster:Silo=silo-{number}"), Show($"--Endpoints:SiloPort={ports[0]}"), Show($"--Endpoints:GatewayPort={ports[1]}"), Show($"--Endpoints:HealthPort={ports[2]}"),
        "--Storage:Kind=postgres", $"--Storage:ConnectionString={database}", $"--Storage:JournalFile={Path.Combine(folder, "erasures.jsonl")}", "--Lanes=1",
    ];

    private static async Task ReadyAsync(int port)
    {
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await timer.WaitForNextTickAsync())
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Show($"http://127.0.0.1:{port}/health/ready")));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }
    }

    private static int[] FreePorts()
    {
        var listeners = Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, listener => listener.Start());
        var ports = Array.ConvertAll(listeners, listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }

    private static string Show(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Counts what silos send one another.</summary>
    private sealed class Traffic : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _messages;
        private long _bytes;

        public Traffic()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Microsoft.Orleans" && instrument.Name == "orleans-messaging-sent-messages-size")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<int>((_, size, _, _) => Count(size));
            _listener.SetMeasurementEventCallback<long>((_, size, _, _) => Count(size));
            _listener.Start();
        }

        public double Messages => Interlocked.Read(ref _messages);

        public double Bytes => Interlocked.Read(ref _bytes);

        public void Dispose() => _listener.Dispose();

        private void Count(long size)
        {
            Interlocked.Increment(ref _messages);
            Interlocked.Add(ref _bytes, size);
        }
    }
}
