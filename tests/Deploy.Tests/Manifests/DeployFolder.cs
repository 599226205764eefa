namespace Sheaf.Deploy.Tests.Manifests;

/// <summary>The manifests of the sources that the tests were built from.</summary>
internal static class DeployFolder
{
    /// <summary>The folder of Cluster.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder of the manifests.</summary>
    public static string Path { get; } = System.IO.Path.Combine(Repository, "deploy", "k8s");

    /// <summary>Every manifest that kustomize puts together, without the files that tell it how.</summary>
    public static IEnumerable<string> Manifests => new[] { "base", "components", "overlays" }
        .SelectMany(folder => Directory.EnumerateFiles(System.IO.Path.Combine(Path, folder), "*.yaml", SearchOption.AllDirectories))
        .Where(file => System.IO.Path.GetFileName(file) != "kustomization.yaml");

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Cluster.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Cluster.sln.");
        }

        return folder.FullName;
    }
}
