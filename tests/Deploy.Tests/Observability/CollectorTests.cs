using k8s;
using k8s.Models;
using Sheaf.Deploy.Tests.Manifests;
using Pipeline = System.Collections.Generic.Dictionary<string, System.Collections.Generic.List<string>>;

namespace Sheaf.Deploy.Tests.Observability;

/// <summary>What the collector's configuration refers to is in it, and silos find the collector. No collector reads it here.</summary>
public sealed class CollectorTests
{
    private static readonly Configuration Read = KubernetesYaml.Deserialize<Configuration>(
        File.ReadAllText(Path.Combine(DeployFolder.Path, "components", "collector", "config.yml")), strict: true);

    [Fact]
    public void Pipelines_OfAllSignals_UseWhatIsConfiguredAndAllOfIt()
    {
        Assert.Equal(["logs", "metrics", "traces"], Read.Service.Pipelines.Keys.Order(StringComparer.Ordinal));
        foreach (var (kind, configured) in new[] { ("receivers", Read.Receivers.Keys), ("processors", Read.Processors.Keys), ("exporters", Read.Exporters.Keys) })
        {
            Assert.Equal(configured.Order(StringComparer.Ordinal), Read.Service.Pipelines.Values.SelectMany(pipeline => pipeline[kind]).Distinct().Order(StringComparer.Ordinal));
        }

        Assert.Equal(Read.Extensions.Keys, Read.Service.Extensions);
        // What does not fit is refused before it is kept.
        Assert.All(Read.Service.Pipelines.Values, pipeline => Assert.Equal("memory_limiter", pipeline["processors"][0]));
        Assert.Contains("tail_sampling", Read.Service.Pipelines["traces"]["processors"]);
    }

    [Fact]
    public void Sampling_KeepsFailedAndSlowRoundsAndAShareOfTheRest()
    {
        var sampling = Read.Processors["tail_sampling"];

        Assert.Equal(["status_code", "latency", "probabilistic"], ((List<object>)sampling["policies"]).Cast<Dictionary<object, object>>().Select(policy => (string)policy["type"]));
    }

    [SkippableFact]
    public void Silos_OfTheOverlay_ReachTheCollectorAndNobodyElseDoes()
    {
        var overlay = Overlay.Render("traced");
        var collector = overlay.Pods.Single(pods => pods.Name == "sheaf-collector").Template;
        var service = overlay.Of<V1Service>().Single(one => one.Metadata.Name == "sheaf-collector").Spec;
        var rules = new NetworkRules(overlay);

        Assert.True(Overlay.Picks(service.Selector, collector.Metadata.Labels));
        var port = collector.Spec.Containers.Single().Ports.Single(one => one.Name == service.Ports.Single().TargetPort.ToString()).ContainerPort;
        Assert.EndsWith($":{port}", ((Dictionary<object, object>)((Dictionary<object, object>)Read.Receivers["otlp"]["protocols"])["grpc"])["endpoint"].ToString(), StringComparison.Ordinal);
        Assert.All(overlay.Silos, silo =>
        {
            var (settings, problems) = SiloEnvironment.Read(SiloEnvironment.Of(overlay, silo, "silo-0", "127.0.0.1", (_, _) => "secret"));
            Assert.DoesNotContain(problems, problem => problem.Contains("Telemetry", StringComparison.Ordinal));
            Assert.Equal(($"http://sheaf-collector:{service.Ports.Single().Port}", 1.0), (settings.Telemetry.OtlpEndpoint, settings.Telemetry.TracedShare));
            Assert.True(rules.Allows(silo.Spec.Template.Metadata.Labels, collector.Metadata.Labels, port));
        });
        Assert.False(rules.Allows(new Dictionary<string, string> { ["app"] = "stranger" }, collector.Metadata.Labels, port));
        var variables = overlay.Of<V1ConfigMap>().Single(map => map.Metadata.Name.StartsWith("sheaf-collector-target-", StringComparison.Ordinal)).Data;
        Assert.Equal($"${{env:{Assert.Single(variables.Keys)}}}", Read.Exporters["otlphttp"]["endpoint"]);
    }

    public sealed class Configuration
    {
        public Dictionary<string, Dictionary<string, object>> Extensions { get; set; } = [];

        public Dictionary<string, Dictionary<string, object>> Receivers { get; set; } = [];

        public Dictionary<string, Dictionary<string, object>> Processors { get; set; } = [];

        public Dictionary<string, Dictionary<string, object>> Exporters { get; set; } = [];

        public ServiceSection Service { get; set; } = new();
    }

    public sealed class ServiceSection
    {
        public List<string> Extensions { get; set; } = [];

        public Dictionary<string, Pipeline> Pipelines { get; set; } = [];
    }
}
