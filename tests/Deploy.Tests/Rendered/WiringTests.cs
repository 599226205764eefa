using k8s.Models;
using Sheaf.Deploy.Tests.Manifests;

namespace Sheaf.Deploy.Tests.Rendered;

/// <summary>What belongs together finds one another, and nothing else does.</summary>
public sealed class WiringTests
{
    private static readonly Dictionary<string, string> Stranger = new() { ["app"] = "stranger" };

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Selectors_EveryController_PicksItsOwnPodsAlone(string name)
    {
        var pods = Overlay.Render(name).Pods.ToArray();

        Assert.All(pods, owner => Assert.Equal(
            [owner.Name], pods.Where(other => Overlay.Picks(owner.Selector.MatchLabels, other.Template.Metadata.Labels)).Select(other => other.Name)));
    }

    [SkippableTheory]
    [InlineData("demo", "sheaf-silo")]
    [InlineData("production", "sheaf-silo")]
    [InlineData("gpu", "sheaf-silo sheaf-silo-gpu")]
    public void Gateway_EveryOverlay_IsHeadlessAndHasAllSilos(string name, string silos)
    {
        var overlay = Overlay.Render(name);
        var gateway = overlay.Of<V1Service>().Single(service => service.Metadata.Name == "sheaf-gateway").Spec;
        var budget = overlay.Of<V1PodDisruptionBudget>().Single().Spec;

        Assert.Equal("None", gateway.ClusterIP);
        Assert.Equal("gateway", Assert.Single(gateway.Ports).TargetPort.ToString());
        Assert.Equal(silos, string.Join(' ', Picked(gateway.Selector)));
        Assert.Equal(silos, string.Join(' ', Picked(budget.Selector.MatchLabels)));
        Assert.Equal("1", budget.MaxUnavailable.ToString());

        IEnumerable<string> Picked(IDictionary<string, string> selector) =>
            overlay.Pods.Where(pods => Overlay.Picks(selector, pods.Template.Metadata.Labels)).Select(pods => pods.Name).Order(StringComparer.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Client_EveryOverlay_KnowsTheGatewayAndTheClustersName(string name)
    {
        var overlay = Overlay.Render(name);
        var gateway = overlay.Of<V1Service>().Single(service => service.Metadata.Name == "sheaf-gateway");
        var client = overlay.Pods.Single(pods => pods.Name == "sheaf-client").Template;

        Assert.Equal(
            $"{overlay.Of<V1ConfigMap>().Single(map => map.Metadata.Name.StartsWith("sheaf-silo-", StringComparison.Ordinal)).Data["SHEAF_Cluster__Id"]}@{gateway.Metadata.Name}:{gateway.Spec.Ports.Single().Port}",
            client.Spec.Containers.Single().Env.Single(variable => variable.Name == "SHEAF_CLUSTER").Value);
        Assert.Equal("true", client.Metadata.Labels["sheaf.dev/client"]);
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Network_EverySilo_TakesSilosClientsAndProbesOnTheirOwnPortsAlone(string name)
    {
        var overlay = Overlay.Render(name);
        var rules = new NetworkRules(overlay);
        var client = Labels(overlay, "sheaf-client");

        Assert.All(overlay.Silos.Select(silo => silo.Spec.Template.Metadata.Labels), silo =>
        {
            Assert.All(overlay.Silos, other => Assert.True(rules.Allows(other.Spec.Template.Metadata.Labels, silo, 11111)));
            Assert.False(rules.Allows(client, silo, 11111));
            Assert.False(rules.Allows(Stranger, silo, 11111));
            Assert.True(rules.Allows(client, silo, 30000));
            Assert.False(rules.Allows(Stranger, silo, 30000));
            Assert.False(rules.Allows(silo, silo, 30000));
            Assert.True(rules.Allows(Stranger, silo, 8080));
            // Nothing that is trained on leaves through a door that nobody watches.
            Assert.False(rules.Allows(silo, null, 443));
            Assert.False(rules.Allows(silo, Stranger, 443));
        });
        Assert.False(rules.Allows(Stranger, client, 30000));
        Assert.False(rules.Allows(client, null, 443));
    }

    [SkippableFact]
    public void Network_Database_IsReachedBySilosAlone()
    {
        var demo = Overlay.Render("demo");
        var (rules, silo, postgres) = (new NetworkRules(demo), Labels(demo, "sheaf-silo"), Labels(demo, "postgres"));

        Assert.True(rules.Allows(silo, postgres, 5432));
        Assert.False(rules.Allows(Labels(demo, "sheaf-client"), postgres, 5432));
        Assert.False(rules.Allows(Stranger, postgres, 5432));
        Assert.False(rules.Allows(silo, null, 5432));
        Assert.All(new[] { "production", "gpu" }.Select(Overlay.Render), overlay => Assert.All(
            overlay.Silos, one => Assert.True(new NetworkRules(overlay).Allows(one.Spec.Template.Metadata.Labels, null, 5432))));
    }

    [SkippableTheory]
    [InlineData("production")]
    [InlineData("gpu")]
    public void Scaling_CpuSilos_AreScaledByNobodyElse(string name)
    {
        var overlay = Overlay.Render(name);
        var scaling = overlay.Of<V2HorizontalPodAutoscaler>().Single().Spec;
        var scaled = overlay.Silos.Single(silo => silo.Metadata.Name == scaling.ScaleTargetRef.Name);

        Assert.Equal(("apps/v1", "Deployment"), (scaling.ScaleTargetRef.ApiVersion, scaling.ScaleTargetRef.Kind));
        // Otherwise every apply would undo what it has decided.
        Assert.Null(scaled.Spec.Replicas);
        Assert.True(scaling.MinReplicas >= 3);
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Spread_EverySilo_GoesByItsOwnLabels(string name) => Assert.All(Overlay.Render(name).Silos, silo =>
    {
        var spread = silo.Spec.Template.Spec.TopologySpreadConstraints;
        Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"], spread.Select(one => one.TopologyKey));
        Assert.All(spread, one => Assert.True(Overlay.Picks(one.LabelSelector.MatchLabels, silo.Spec.Template.Metadata.Labels)));
    });

    [SkippableTheory]
    [InlineData("demo", "ReadWriteOnce")]
    [InlineData("production/lasting", "ReadWriteMany")]
    public void Journal_EveryCluster_HasAVolumeOfItsOwn(string name, string access)
    {
        var journal = Overlay.Render(name).Of<V1PersistentVolumeClaim>().Single();

        Assert.Equal(("sheaf-journal", access), (journal.Metadata.Name, Assert.Single(journal.Spec.AccessModes)));
        Assert.All(new[] { "demo", "production", "gpu" }.SelectMany(cluster => Overlay.Render(cluster).Silos), silo => Assert.Contains(
            silo.Spec.Template.Spec.Volumes, volume => volume.PersistentVolumeClaim?.ClaimName == journal.Metadata.Name));
        // Several silos can share the volume only where many nodes may mount it.
        Assert.Equal("Recreate", Overlay.Render("demo").Silos.Single().Spec.Strategy.Type);
    }

    private static IDictionary<string, string> Labels(Overlay overlay, string name) => overlay.Pods.Single(pods => pods.Name == name).Template.Metadata.Labels;
}
