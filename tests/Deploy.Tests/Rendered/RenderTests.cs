using System.Text.RegularExpressions;
using k8s.Models;
using Sheaf.Deploy.Tests.Manifests;

namespace Sheaf.Deploy.Tests.Rendered;

/// <summary>Every overlay renders to objects that Kubernetes knows.</summary>
public sealed partial class RenderTests
{
    // Made by whoever runs the cluster, as the README says.
    private static readonly string[] Secrets = ["sheaf-client-authority", "sheaf-client-tls", "sheaf-postgres", "sheaf-silo-tls"];

    [SkippableTheory]
    [InlineData("demo", "ConfigMap Deployment Namespace NetworkPolicy PersistentVolumeClaim PodDisruptionBudget Service ServiceAccount StatefulSet")]
    [InlineData("production", "ConfigMap Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount")]
    [InlineData("production/lasting", "Namespace PersistentVolumeClaim")]
    [InlineData("gpu", "ConfigMap Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount")]
    [InlineData("traced", "ConfigMap Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount")]
    public void Render_EveryOverlay_HasTheseKindsInOneNamespace(string name, string kinds)
    {
        var overlay = Overlay.Render(name);

        Assert.Equal(kinds, string.Join(' ', overlay.Objects.Select(one => one.Kind).Distinct().Order(StringComparer.Ordinal)));
        Assert.All(overlay.Objects.Where(one => one is not V1Namespace), one => Assert.Equal("sheaf", one.Metadata.NamespaceProperty));
        Assert.All(overlay.Of<V1Namespace>(), one => Assert.Equal("sheaf", one.Metadata.Name));
        Assert.All(overlay.Of<V1Namespace>(), one => Assert.Equal("restricted", one.Metadata.Labels["pod-security.kubernetes.io/enforce"]));
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.All), MemberType = typeof(Overlay))]
    public void Render_Values_AreTextsWhereKubernetesWantsTexts(string name)
    {
        // The reader would take a number for a text; Kubernetes refuses the object.
        var values = VariableValue().Matches(Overlay.Render(name).Text).Select(match => match.Groups[1].Value).ToArray();

        Assert.Equal(name == "production/lasting", values.Length == 0);
        Assert.All(values, value => Assert.DoesNotMatch(@"^(-?[0-9.]+|0x[0-9a-fA-F]+|true|false|yes|no|null|~|)$", value));
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Secrets_EveryOverlay_AreReferredToAndDocumentedButNotContained(string name)
    {
        var overlay = Overlay.Render(name);
        var readme = File.ReadAllText(Path.Combine(DeployFolder.Path, "README.md"));

        var pods = overlay.Pods.Select(pods => pods.Template.Spec).ToArray();
        var used = pods.SelectMany(pod => pod.Volumes ?? []).Select(volume => volume.Secret?.SecretName)
            .Concat(pods.SelectMany(pod => pod.Containers).SelectMany(container => container.Env ?? []).Select(variable => variable.ValueFrom?.SecretKeyRef?.Name))
            .OfType<string>().Distinct().ToArray();

        Assert.Empty(overlay.Of<V1Secret>());
        Assert.Contains("sheaf-postgres", used);
        Assert.Empty(used.Except(Secrets));
        Assert.All(used, secret => Assert.Contains(secret, readme, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Secrets_EveryPasswordLikeVariable_HasNoValueOfItsOwn(string name)
    {
        var variables = Overlay.Render(name).Pods.SelectMany(pods => pods.Template.Spec.Containers).SelectMany(container => container.Env ?? [])
            .Where(variable => variable.Name.Contains("Password", StringComparison.OrdinalIgnoreCase) || variable.Name.Contains("ConnectionString", StringComparison.Ordinal))
            .ToArray();

        Assert.NotEmpty(variables);
        Assert.All(variables, variable => Assert.True(
            variable.ValueFrom?.SecretKeyRef is not null || variable.Value.EndsWith("Password=$(POSTGRES_PASSWORD)", StringComparison.Ordinal), variable.Name));
    }

    [GeneratedRegex(@"- name: .*\n +value: (.*)\n")]
    private static partial Regex VariableValue();
}
