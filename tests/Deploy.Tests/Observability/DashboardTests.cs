using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Deploy.Tests.Manifests;
using Sheaf.Grains.Telemetry;
using Sheaf.Silo.Configuration;
using Sheaf.Silo.Hosting;

namespace Sheaf.Deploy.Tests.Observability;

/// <summary>What dashboards and rules ask, a silo that trains answers.</summary>
public sealed partial class DashboardTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly string Folder = Path.Combine(DeployFolder.Path, "components", "observability");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-dashboards-");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task Rules_Promtool_FindsThemRightAndTheirTestsPass()
    {
        PrometheusServer.SkipWithout();

        Assert.Contains("SUCCESS", await PromtoolAsync("check", "rules", "rules.yml"), StringComparison.Ordinal);
        Assert.Contains("SUCCESS", await PromtoolAsync("test", "rules", "rules.test.yml"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Queries_OfEveryPanelAndRule_HaveData()
    {
        PrometheusServer.SkipWithout();
        var ports = FreePorts(3);
        var (settings, problems) = SettingsReader.Read(SettingsReader.Load(
            _folder.FullName,
            [
                "--Telemetry:Prometheus=true", $"--Storage:Folder={_folder.FullName}", "--Cluster:Silo=seen", "--Log:Level=error",
                Show($"--Endpoints:SiloPort={ports[0]}"), Show($"--Endpoints:GatewayPort={ports[1]}"), Show($"--Endpoints:HealthPort={ports[2]}"),
            ]));
        Assert.Empty(problems);
        await using var app = SiloHost.Build(settings, new SiloParts(1));
        await app.StartAsync();
        await using var prometheus = await PrometheusServer.StartAsync(Show($"127.0.0.1:{ports[2]}"));
        var grains = app.Services.GetRequiredService<IGrainFactory>();
        await StartAsync(grains);
        await FillAsync(grains);

        // What is asked must have data while a task runs and devices are erased.
        var open = Queries().Concat(RuleQueries()).ToHashSet();
        Assert.InRange(open.Count, 40, 80);
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        for (var device = 0; open.Count > 0 && !patience.IsCancellationRequested; device++)
        {
            await grains.GetGrain<IDevice>(DeviceKey.Of("seen", Show($"{device % 20}"))).EraseAsync(EraseSpec.All);
            foreach (var query in open.ToArray())
            {
                if (await prometheus.CountAsync(query) > 0)
                {
                    open.Remove(query);
                }
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        await grains.GetGrain<IRoundCoordinator>("seen").CancelAsync();
        await app.StopAsync();
        Assert.Empty(open);
    }

    [Fact]
    public void Dashboards_EveryFile_IsOneOfTheComponentWithANameOfItsOwn()
    {
        var files = Files();

        var kustomization = File.ReadAllText(Path.Combine(Folder, "kustomization.yaml"));
        Assert.All(files, file => Assert.Contains($"dashboards/{Path.GetFileName(file)}", kustomization, StringComparison.Ordinal));
        var dashboards = files.Select(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement).ToArray();
        Assert.Equal(6, dashboards.Select(dashboard => dashboard.GetProperty("title").GetString()).Distinct().Count());
        Assert.Equal(files.Select(file => Path.GetFileNameWithoutExtension(file)), dashboards.Select(dashboard => dashboard.GetProperty("uid").GetString()!));
        Assert.All(dashboards.SelectMany(dashboard => dashboard.GetProperty("panels").EnumerateArray()), panel =>
        {
            Assert.NotEqual("", panel.GetProperty("title").GetString());
            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
        });
    }

    [Fact]
    public void Queries_NamesOfMetrics_AreThoseOfInstruments()
    {
        var instruments = SheafMetrics.All.Select(each => each.Name.Replace('.', '_')).ToArray();
        var tags = SheafMetrics.All.SelectMany(each => each.Tags).Select(tag => tag.Replace('.', '_')).ToHashSet();

        var names = Queries().Concat(RuleQueries()).SelectMany(query => MetricName().Matches(query).Select(match => match.Value)).Where(name => !tags.Contains(name)).Distinct().ToArray();

        Assert.True(names.Length > 8);
        Assert.All(names, name => Assert.Contains(instruments, instrument => name.StartsWith(instrument, StringComparison.Ordinal)));
    }

    private static string[] Files() => [.. Directory.EnumerateFiles(Path.Combine(Folder, "dashboards"), "*.json").Order(StringComparer.Ordinal)];

    /// <summary>The queries of all panels, as Grafana fills them in, over ten seconds.</summary>
    private static IEnumerable<string> Queries() => Files()
        .SelectMany(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("panels").EnumerateArray())
        .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
        .Select(target => target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "10s", StringComparison.Ordinal).Replace("$task", ".*", StringComparison.Ordinal));

    /// <summary>What rules record, and what alerts look at, without the threshold.</summary>
    private static IEnumerable<string> RuleQueries() =>
    [
        "sheaf:devices:lost_share", "sheaf:rounds:abandoned_share", "sheaf_participation_never", "delta(sheaf_participation_never[1h])", "up{job=\"sheaf\"}", "sum by (sheaf_task) (increase(sheaf_round_duration_seconds_count[15m]))",
        "histogram_quantile(0.95, sum by (le) (rate(sheaf_erase_duration_seconds_bucket[15m])))",
        "histogram_quantile(0.95, sum by (le) (rate(orleans_storage_write_latency_milliseconds_bucket[5m])))",
    ];

    private static async Task StartAsync(IGrainFactory grains)
    {
        var population = grains.GetGrain<IPopulation>("seen");
        await population.RegisterAsync(new PopulationSpec(
            1, 0.2, new RetentionSpec(null, null), new GeneratedSpec(1, 20_000, 0, 5, 10, 10, 1, 0), Behaviour: new BehaviourSpec(1, 0.2)));
        await population.SealAsync(default);
        await grains.GetGrain<IRoundCoordinator>("seen").StartAsync(new TaskSpec(
            "seen",
            1,
            await population.GetLabelsAsync(),
            new ModelSpec("softmax-regression", 100, 1, 1, Bigrams: false),
            new PlanSpec(
                1_000_000, 20, new SelectionPlan("uniform", 1, 0, 1, 1, 0, 0), new LocalPlan(1, null, 5, 0.1, 10), new BoundsPlan(10, 1000), "equal",
                new ServerPlan("fedavg", 1, 0, 0, 0, 0, new SchedulePlan("constant", 0, 1, 1)), TimeSpan.FromMinutes(1), new EvaluationPlan(5, 20, Prequential: true))));
    }

    /// <summary>Devices that are pushed three examples each and may keep two.</summary>
    private static async Task FillAsync(IGrainFactory grains)
    {
        var population = grains.GetGrain<IPopulation>("filled");
        await population.RegisterAsync(new PopulationSpec(1, 0, new RetentionSpec(2, null), null));
        await population.IntakeAsync([.. Enumerable.Range(0, 30).Select(row => new Arrival(Show($"{row % 10}"), row + 1, DateTimeOffset.UnixEpoch.AddHours(row), "hello", "greet", null))]);
        await population.SealAsync(default);
    }

    private static async Task<string> PromtoolAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, await output + await error);
        return await output;
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

    [GeneratedRegex(@"\bsheaf_[a-z_]+\b")]
    private static partial Regex MetricName();
}
