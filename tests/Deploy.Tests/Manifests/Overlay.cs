using System.Collections.Concurrent;
using System.Diagnostics;
using k8s;
using k8s.Models;

namespace Sheaf.Deploy.Tests.Manifests;

/// <summary>An overlay as kustomize renders it, with every object read strictly: a field that Kubernetes does not know is an error.</summary>
internal sealed class Overlay
{
    private static readonly ConcurrentDictionary<string, Lazy<Overlay>> Rendered = new();

    private Overlay(string name, string text) =>
        (Name, Text, Objects) = (name, text, [.. KubernetesYaml.LoadAllFromString(text, null, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    /// <summary>The overlays that are a whole cluster.</summary>
    public static TheoryData<string> Clusters { get; } = ["demo", "production", "gpu", "traced"];

    /// <summary>All overlays.</summary>
    public static TheoryData<string> All { get; } = [.. Names];

    /// <summary>Their folders.</summary>
    public static IReadOnlyList<string> Names => ["demo", "production", "production/lasting", "gpu", "traced"];

    public string Name { get; }

    /// <summary>What kustomize rendered.</summary>
    public string Text { get; }

    /// <summary>The objects in it.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>The Deployments whose pods are silos.</summary>
    public IReadOnlyList<V1Deployment> Silos => [.. Of<V1Deployment>().Where(deployment => deployment.Spec.Template.Metadata.Labels["app.kubernetes.io/component"] == "silo")];

    /// <summary>Everything that makes pods: its name, which pods are its own, and what they are like.</summary>
    public IEnumerable<(string Name, V1LabelSelector Selector, V1PodTemplateSpec Template)> Pods =>
    [
        .. Of<V1Deployment>().Select(deployment => (deployment.Metadata.Name, deployment.Spec.Selector, deployment.Spec.Template)),
        .. Of<V1StatefulSet>().Select(set => (set.Metadata.Name, set.Spec.Selector, set.Spec.Template)),
    ];

    /// <summary>Renders an overlay; skips the test where kubectl is missing.</summary>
    public static Overlay Render(string name)
    {
        Skip.IfNot(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "kubectl"))),
            "There is no kubectl here, which renders the manifests.");
        return Rendered.GetOrAdd(name, name => new Lazy<Overlay>(() => new Overlay(name, Kustomize(Path.Combine(DeployFolder.Path, "overlays", name))))).Value;
    }

    /// <summary>The objects of a kind.</summary>
    public IEnumerable<T> Of<T>()
        where T : IKubernetesObject<V1ObjectMeta> => Objects.OfType<T>();

    /// <summary>Whether a selector picks pods with these labels.</summary>
    public static bool Picks(IDictionary<string, string>? selector, IDictionary<string, string> labels) =>
        selector is null || selector.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private static string Kustomize(string folder)
    {
        var start = new ProcessStartInfo("kubectl", ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"kubectl kustomize {folder} ended with {process.ExitCode}: {error.Result}");
    }
}
