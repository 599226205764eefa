using System.Net;
using System.Text.Json;
using k8s.Models;
using Sheaf.Deploy.Tests.Manifests;
using Sheaf.Deploy.Tests.Processes;
using Sheaf.Grains.Tests.Postgres;
using Sheaf.Silo.Health;

namespace Sheaf.Deploy.Tests.Rendered;

/// <summary>Three silos of the production overlay, in the environment that its manifests define.</summary>
public sealed class ClusterTests
{
    // Every address that begins with 127 is this machine's on Linux: each silo has one of its own, and all have the manifests' ports.
    private static readonly string[] Addresses = ["127.77.0.1", "127.77.0.2", "127.77.0.3"];

    [SkippableFact]
    public async Task Cluster_ThreeSilosOfTheManifests_RunAStudyAndStopInTime()
    {
        PostgresServer.SkipWithout();
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux gives each silo an address of its own on one machine.");
        var overlay = Overlay.Render("production");
        var silo = overlay.Silos.Single();
        var tls = overlay.Of<V1Deployment>().Single(deployment => deployment.Metadata.Name == "sheaf-client").Spec.Template.Spec.Containers.Single().Env
            .Single(variable => variable.Name == "SHEAF_TLS").Value;
        var folder = Directory.CreateTempSubdirectory("sheaf-deploy-").FullName;
        using var mounts = new Mounts();
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateAsync("sheaf");
        var silos = Addresses.Select((address, index) => ProgramProcess.Start("Sheaf.Silo.dll", Environment(index, address), folder)).ToArray();
        try
        {
            await Task.WhenAll(silos.Select(one => one.UpAsync()));
            await AssertProbesAsync(silo);

            var gateways = $"sheaf@{string.Join(',', Addresses.Select(address => $"{address}:30000"))}";
            var study = await SheafAsync("run", "voice", "--cluster", gateways, "--set", "training.rounds=3", "--set", "population.generated.devices=200", "--output", "run");
            var shown = JsonDocument.Parse(await SheafAsync("cluster", "show", "--cluster", gateways, "--json")).RootElement.EnumerateArray().ToArray();

            Assert.Contains("3 rounds (0 abandoned)", study, StringComparison.Ordinal);
            Assert.Equal(3, File.ReadLines(Path.Combine(folder, "run", "rounds.jsonl")).Count());
            Assert.Equal(Addresses.Select((_, index) => $"{Name(index)} Active 2 none"), shown.Select(Describe).Order(StringComparer.Ordinal));
            // Whoever has no certificate is told what is missing, and the silos go on.
            Assert.Contains("--tls", await RefusedAsync([], "task", "list", "--cluster", gateways), StringComparison.Ordinal);
            Assert.Contains("needs the role 'erase'", await RefusedAsync(new() { ["SHEAF_TLS"] = tls }, "device", "erase", "1", "--output", "run"), StringComparison.Ordinal);
            await AssertStopAsync(silos, silo.Spec.Template.Spec);
        }
        finally
        {
            await Task.WhenAll(silos.Select(one => one.DisposeAsync().AsTask()));
            Directory.Delete(folder, recursive: true);
        }

        // What is not as in the cluster: volumes are folders.
        Dictionary<string, string> Environment(int index, string address) => mounts.In(
            SiloEnvironment.Of(overlay, silo, Name(index), address, (_, key) => key == "connection-string" ? database : throw new InvalidOperationException(key)));

        Task<string> SheafAsync(params string[] args) => EndAsync(0, mounts.In(new Dictionary<string, string> { ["SHEAF_TLS"] = tls }), args);

        Task<string> RefusedAsync(Dictionary<string, string> environment, params string[] args) => EndAsync(1, mounts.In(environment), args);

        async Task<string> EndAsync(int expected, Dictionary<string, string> environment, string[] args)
        {
            await using var sheaf = ProgramProcess.Start("sheaf.dll", environment, folder, args);
            var exitCode = await sheaf.EndAsync();
            Assert.True(exitCode == expected, $"sheaf {string.Join(' ', args)} ended with {exitCode}: {sheaf.Said}\n{string.Join('\n', silos.Select(one => one.Said))}");
            return sheaf.Said;
        }
    }

    private static string Name(int index) => $"sheaf-silo-7d9f-{index}";

    private static string Describe(JsonElement silo) => string.Join(
        ' ', new[] { "name", "status", "lanes", "accelerators" }.Select(field => silo.GetProperty(field).ToString()));

    private static async Task AssertProbesAsync(V1Deployment silo)
    {
        var container = silo.Spec.Template.Spec.Containers.Single();
        var port = container.Ports.Single(port => port.Name == "health").ContainerPort;
        using var http = new HttpClient();
        foreach (var address in Addresses)
        {
            foreach (var path in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.Select(probe => probe.HttpGet.Path))
            {
                using var answer = await http.GetAsync(new Uri($"http://{address}:{port}{path}"));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        Assert.Equal(HealthEndpoints.Ready, container.ReadinessProbe.HttpGet.Path);
    }

    private static async Task AssertStopAsync(ProgramProcess[] silos, V1PodSpec pod)
    {
        var left = pod.TerminationGracePeriodSeconds!.Value - pod.Containers.Single().Lifecycle.PreStop.Sleep.Seconds;
        foreach (var silo in silos)
        {
            silo.Terminate();
        }

        var exitCodes = await Task.WhenAll(silos.Select(silo => silo.EndAsync(TimeSpan.FromSeconds(left))));
        Assert.All(exitCodes, exitCode => Assert.Equal(0, exitCode));
    }
}
