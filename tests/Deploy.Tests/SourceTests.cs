using k8s;
using Sheaf.Deploy.Tests.Manifests;
using YamlDotNet.Core;

namespace Sheaf.Deploy.Tests;

/// <summary>Manifests are what Kubernetes knows, also where nothing renders them.</summary>
public sealed class SourceTests
{
    [Fact]
    public void Manifests_EveryFile_HasOnlyFieldsOfKubernetes()
    {
        var files = DeployFolder.Manifests.ToArray();

        Assert.True(files.Length > 10, $"Only {files.Length} files were found.");
        Assert.All(files, file => Assert.NotEmpty(KubernetesYaml.LoadAllFromString(File.ReadAllText(file), null, strict: true)));
    }

    [Theory]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nspec:\n  tempalte: {}\n")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    livenessProbe:\n      httpGet: { path: /, prot: health }\n")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: { name: a, name: b }\n")]
    public void Reading_FieldThatIsUnknownOrTwiceThere_Fails(string manifest) =>
        Assert.ThrowsAny<YamlException>(() => KubernetesYaml.LoadAllFromString(manifest, null, strict: true));

    [Fact]
    public void Readme_Overlays_AreAllInIt()
    {
        var readme = File.ReadAllText(Path.Combine(DeployFolder.Path, "README.md"));

        Assert.All(Overlay.Names, name => Assert.Contains($"overlays/{name}", readme, StringComparison.Ordinal));
    }
}
