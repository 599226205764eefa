using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Silo.Configuration;
using Sheaf.Silo.Hosting;

namespace Sheaf.Silo.Tests.Telemetry;

/// <summary>What a silo tells reaches a collector by OTLP, and Prometheus when it asks.</summary>
public sealed partial class TelemetryExportTests : IDisposable
{
    private const string Name = "told";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-telemetry-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Silo_WithACollector_SendsTracesMetricsAndTheLogOfItsRounds()
    {
        await using var collector = await Collector.StartAsync();
        var ports = FreePorts(3);
        await using (var app = SiloHost.Build(Settings(ports, $"--Telemetry:OtlpEndpoint={collector.Address}", "--Telemetry:OtlpForm=http", "--Log:Level=warning"), new SiloParts(1)))
        {
            await app.StartAsync();
            // No silo has what the plan asks for, which the log says in every round.
            await TrainAsync(app.Services.GetRequiredService<IGrainFactory>(), accelerator: "cuda");
            await app.StopAsync();
        }

        // A silo that ends sends what it still has.
        var traces = await collector.ReceivedAsync("/v1/traces", "round", Patience);
        Assert.All(["select", "train", "slice", "commit", "sheaf.task", Name, "service.instance.id", "teller"], text => Assert.Contains(text, traces, StringComparison.Ordinal));
        var metrics = await collector.ReceivedAsync("/v1/metrics", "sheaf.round.duration", Patience);
        Assert.Contains("sheaf.devices", metrics, StringComparison.Ordinal);
        var log = await collector.ReceivedAsync("/v1/logs", "No silo has the accelerator", Patience);
        // In protocol buffers, field 9 of a line and field 1 of a span are the sixteen bytes of their trace.
        var ofLines = TraceOfLine().Matches(log).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.Equal(2, ofLines.Length);
        Assert.All(ofLines, trace => Assert.Contains($"\n\u0010{trace}", traces, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Silo_WhoseCollectorIsAway_TrainsAllTheSame()
    {
        var ports = FreePorts(4);
        await using var app = SiloHost.Build(Settings(ports, $"--Telemetry:OtlpEndpoint=http://127.0.0.1:{ports[3]}"), new SiloParts(1));
        await app.StartAsync();

        await TrainAsync(app.Services.GetRequiredService<IGrainFactory>());
        await app.StopAsync();
    }

    [Fact]
    public async Task Silo_AskedByPrometheus_AnswersWithWhatItCounted()
    {
        var ports = FreePorts(3);
        await using var app = SiloHost.Build(Settings(ports, "--Telemetry:Prometheus=true"), new SiloParts(1));
        await app.StartAsync();
        await TrainAsync(app.Services.GetRequiredService<IGrainFactory>());
        using var http = new HttpClient();

        var metrics = await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[2]}/metrics")));
        await app.StopAsync();

        var lines = metrics.Split('\n');
        Assert.Contains(lines, line => line.StartsWith("sheaf_round_duration_seconds_count{", StringComparison.Ordinal) && line.Contains("sheaf_task=\"told\"", StringComparison.Ordinal) && line.EndsWith("} 2", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("sheaf_devices_total{", StringComparison.Ordinal) && line.Contains("sheaf_outcome=\"trained\"", StringComparison.Ordinal) && line.EndsWith("} 10", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("sheaf_lanes_busy", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("orleans_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Silo_ToldNothing_HasNoMetrics()
    {
        var ports = FreePorts(3);
        await using var app = SiloHost.Build(Settings(ports), new SiloParts(1));
        await app.StartAsync();
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[2]}/metrics")));
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("--Telemetry:OtlpEndpoint=collector", "Telemetry:OtlpEndpoint is 'collector': it must be an address such as http://collector:4317.")]
    [InlineData("--Telemetry:TracedShare=1.5", "Telemetry:TracedShare is '1.5' (command line --Telemetry:TracedShare): it must be a number from 0 to 1.")]
    [InlineData("--Telemetry:OtlpForm=udp", "Telemetry:OtlpForm is 'udp' (command line --Telemetry:OtlpForm): it must be grpc or http.")]
    public void Read_WrongSetting_IsNamedWithItsRemedy(string setting, string problem) =>
        Assert.Equal([problem], SettingsReader.Read(SettingsReader.Load(_folder.FullName, [setting])).Problems);

    private SiloSettings Settings(int[] ports, params string[] more)
    {
        var (settings, problems) = SettingsReader.Read(SettingsReader.Load(
            _folder.FullName,
            [
                .. more, Show($"--Endpoints:SiloPort={ports[0]}"), Show($"--Endpoints:GatewayPort={ports[1]}"), Show($"--Endpoints:HealthPort={ports[2]}"),
                $"--Storage:Folder={_folder.FullName}", "--Cluster:Silo=teller",
            ]));
        Assert.Empty(problems);
        return settings;
    }

    [GeneratedRegex(@"\x4A\x10(.{16})", RegexOptions.Singleline)]
    private static partial Regex TraceOfLine();

    private static async Task TrainAsync(IGrainFactory grains, string accelerator = "processor")
    {
        var population = grains.GetGrain<IPopulation>(Name);
        await population.RegisterAsync(new PopulationSpec(1, 0.2, new RetentionSpec(null, null), new GeneratedSpec(1, 20, 0, 5, 10, 10, 1, 0)));
        await population.SealAsync(default);
        var coordinator = grains.GetGrain<IRoundCoordinator>(Name);
        await coordinator.StartAsync(new TaskSpec(
            Name,
            1,
            await population.GetLabelsAsync(),
            new ModelSpec("softmax-regression", 100, 1, 1, Bigrams: false),
            new PlanSpec(
                2, 5, new SelectionPlan("uniform", 1, 0, 1, 1, 0, 0), new LocalPlan(1, null, 5, 0.1, 10), new BoundsPlan(10, 1000), "equal",
                new ServerPlan("fedavg", 1, 0, 0, 0, 0, new SchedulePlan("constant", 0, 1, 1)), TimeSpan.FromMinutes(1), new EvaluationPlan(0, 10), Accelerator: accelerator)));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = new CancellationTokenSource(Patience);
        while (await timer.WaitForNextTickAsync(patience.Token))
        {
            var progress = await coordinator.GetProgressAsync(0);
            Assert.Null(progress.Failure);
            if (progress.Status == TaskRunStatus.Completed)
            {
                return;
            }
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, listener => listener.Start());
        var ports = Array.ConvertAll(listeners, listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }

    private static string Show(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Takes what is sent by HTTP.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly Lock _lock = new();
        private ImmutableArray<(string Path, string Body)> _received = [];

        public string Address => app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Services.AddRoutingCore();
            var app = builder.Build();
            var collector = new Collector(app);
            app.Run(collector.TakeAsync);
            await app.StartAsync();
            return collector;
        }

        /// <summary>All that was sent to a path, once a text is in it.</summary>
        public async Task<string> ReceivedAsync(string path, string text, TimeSpan patience)
        {
            using var stop = new CancellationTokenSource(patience);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (true)
            {
                var all = string.Concat(_received.Where(each => each.Path == path).Select(each => each.Body));
                if (all.Contains(text, StringComparison.Ordinal))
                {
                    return all;
                }

                await timer.WaitForNextTickAsync(stop.Token);
            }
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            lock (_lock)
            {
                // Texts are as they are in protocol buffers.
                _received = _received.Add((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            }
        }
    }
}
