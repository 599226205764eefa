using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sheaf.Deploy.Tests.Manifests;

namespace Sheaf.Deploy.Tests.Observability;

/// <summary>A Prometheus of a test's own.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-prometheus-");
    private readonly HttpClient _http = new();
    private Process? _process;

    /// <summary>The rules that it evaluates.</summary>
    public static string Rules { get; } = Path.Combine(DeployFolder.Path, "components", "observability", "rules.yml");

    /// <summary>Skips the test where the programs are missing.</summary>
    public static void SkipWithout() => Skip.IfNot(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "promtool"))),
        "There is no Prometheus here (prometheus, promtool).");

    /// <summary>Starts it.</summary>
    /// <param name="target">Whose metrics it asks for, twice a second: an address and a port.</param>
    public static async Task<PrometheusServer> StartAsync(string target)
    {
        var server = new PrometheusServer();
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Dispose();
        var configuration = Path.Combine(server._folder.FullName, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: { scrape_interval: 500ms, evaluation_interval: 500ms }
            rule_files: ["{{Rules}}"]
            scrape_configs:
            - job_name: sheaf
              static_configs: [{ targets: ["{{target}}"] }]
            """);
        server._http.BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        server._process = Process.Start(new ProcessStartInfo("prometheus",
            [$"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(server._folder.FullName, "data")}", $"--web.listen-address={server._http.BaseAddress.Authority}"])
        {
            RedirectStandardError = true,
        })!;
        // What it says is not read: it is little.
        _ = server._process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync(patience.Token))
        {
            try
            {
                if ((await server._http.GetAsync(new Uri("/-/ready", UriKind.Relative), patience.Token)).IsSuccessStatusCode)
                {
                    break;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }

        return server;
    }

    /// <summary>Evaluates a query.</summary>
    /// <param name="query">The query.</param>
    /// <returns>How many numbers it gives; those that are none do not count.</returns>
    public async Task<int> CountAsync(string query)
    {
        using var answer = await _http.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.True(json.RootElement.GetProperty("status").GetString() == "success", $"{query}: {json.RootElement}");
        return json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Count(series => series.GetProperty("value")[1].GetString() is not ("NaN" or null));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
    }
}
