using System.Xml.Linq;

namespace Sheaf.Architecture.Tests;

/// <summary>The sources that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] BuiltFolders = ["artifacts", "bin", "obj"];

    /// <summary>The folder of Cluster.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every project.</summary>
    public static IReadOnlyList<Project> Projects { get; } = [.. Files("*.csproj").Select(Project.Read)];

    /// <summary>The projects that are not tests.</summary>
    public static IEnumerable<Project> Products => Projects.Where(project => !project.IsTest);

    /// <summary>Files by pattern, as paths from the root with '/', in ordinal order; nothing that was built.</summary>
    public static IReadOnlyList<string> Files(string pattern, string below = "") =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, below), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith('.') && !file.Split('/').Intersect(BuiltFolders).Any())
            .Order(StringComparer.Ordinal),
    ];

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Cluster.sln.");
        }

        return folder.FullName;
    }
}

/// <summary>What a project's file says.</summary>
/// <param name="File">Its path from the root.</param>
/// <param name="Name">The name of its file without extension.</param>
/// <param name="References">The names of the projects it refers to.</param>
/// <param name="Packages">The packages it refers to.</param>
internal sealed record Project(string File, string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public bool IsTest => File.StartsWith("tests/", StringComparison.Ordinal);

    public static Project Read(string file)
    {
        var xml = XDocument.Load(Path.Combine(Repository.Root, file));
        return new Project(
            file,
            Path.GetFileNameWithoutExtension(file),
            [.. Included("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
            [.. Included("PackageReference")]);

        IEnumerable<string> Included(string item) => xml.Descendants(item).Select(element => element.Attribute("Include")?.Value).OfType<string>();
    }
}
