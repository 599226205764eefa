namespace Sheaf.Architecture.Tests;

/// <summary>Where things are, and how large they may be.</summary>
public sealed class LayoutTests
{
    private const int FileLinesUsual = 300;
    private const int FileLinesMax = 500;
    private const int MethodLinesMax = 70;

    private static readonly string[] Folders = ["silo", "grains", "client", "deploy", "tests"];

    // What is not for people but for tools that look for it in the root.
    private static readonly string[] ToolFiles =
    [
        ".ci", ".dockerignore", ".editorconfig", ".gitattributes", ".gitignore", "BannedSymbols.txt", "Directory.Build.props",
        "Directory.Build.targets", "Directory.Packages.props", "global.json", "nuget.config",
    ];

    // What git does not keep.
    private static readonly string[] Untracked = [".git", ".vs", ".vscode", "artifacts", "runs", "shared"];

    [Fact]
    public void Root_Entries_AreTheFixedOnes()
    {
        var entries = Directory.EnumerateFileSystemEntries(Repository.Root).Select(entry => Path.GetFileName(entry)!).ToHashSet();

        Assert.Empty(entries.Except([.. Folders, .. ToolFiles, .. Untracked, "Cluster.sln", "README.md", "LICENSE"]));
        Assert.Empty(new[] { "silo", "grains", "client", "tests", "Cluster.sln" }.Except(entries));
    }

    [Fact]
    public void Solution_EveryProject_IsInIt()
    {
        var lines = Repository.Lines("Cluster.sln");
        var listed = lines.Where(line => line.StartsWith("Project(", StringComparison.Ordinal) && line.Contains(".csproj", StringComparison.Ordinal))
            .Select(line => line.Split('"')[5].Replace('\\', '/'));

        Assert.Contains("Microsoft Visual Studio Solution File, Format Version 12.00", lines);
        Assert.Equal(Repository.Projects.Select(project => project.File).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tests_EveryProjectOfTests_IsNamedAfterAProductOrAConcern()
    {
        var tests = Repository.Projects.Where(project => project.IsTest).ToArray();

        Assert.All(tests, project => Assert.Equal($"tests/{project.Name}/{project.Name}.csproj", project.File));
        Assert.Empty(Repository.Products.SelectMany(project => project.References).Intersect(tests.Select(project => project.Name)));
    }

    [Fact]
    public void Files_Sources_AreShort()
    {
        var lengths = Repository.Files("*.cs").Select(file => (File: file, Lines: Repository.Lines(file).Length)).ToArray();
        var longer = lengths.Where(file => file.Lines > FileLinesUsual).ToArray();

        Assert.True(lengths.Length > 100, $"Only {lengths.Length} files were found.");
        Assert.DoesNotContain(lengths, file => file.Lines > FileLinesMax);
        Assert.True(longer.Length * 50 <= lengths.Length, $"More than one file in fifty has more than {FileLinesUsual} lines: {string.Join(", ", longer)}");
    }

    [Fact]
    public void Methods_Everywhere_AreShort()
    {
        var offences = Repository.Files("*.cs").SelectMany(file =>
            MemberBodies(Repository.Lines(file)).Where(body => body.Lines > MethodLinesMax).Select(body => $"{file}:{body.Line} has {body.Lines} lines"));

        Assert.Empty(offences);
    }

    [Fact]
    public void MemberBodies_TypeWithANestedOne_FindsTheMembersOfBoth() => Assert.Equal(
        [(4, 2), (10, 1)],
        MemberBodies(
        [
            "class A", "{", "    void F()", "    {", "        x;", "        y;", "    }",
            "    class B", "    {", "        {", "            z;", "        }", "    }", "}",
        ]));

    [Fact]
    public void Tests_Waiting_IsNeverASleep()
    {
        string[] sleeps = ["Task." + "Delay(", "Thread." + "Sleep("];
        var offences =
            from file in Repository.Files("*.cs", "tests")
            from line in Repository.Lines(file)
            where sleeps.Any(sleep => line.Contains(sleep, StringComparison.Ordinal))
            select $"{file}: {line.Trim()}";

        Assert.Empty(offences);
    }

    /// <summary>The bodies of members, found by their braces' indentation: one level for each type around them.</summary>
    private static IEnumerable<(int Line, int Lines)> MemberBodies(string[] lines)
    {
        var types = new Stack<string>(["}"]);
        for (var i = 0; i < lines.Length; i++)
        {
            var indent = new string(' ', 4 * types.Count);
            if (lines[i] == types.Peek() && types.Count > 1)
            {
                types.Pop();
            }
            else if (lines[i] == indent + "{" && IsTypeHeader(lines, i - 1, indent))
            {
                types.Push(indent + "}");
            }
            else if (lines[i] == indent + "{")
            {
                var end = Array.FindIndex(lines, i, line => line.StartsWith(indent + "}", StringComparison.Ordinal));
                yield return (i + 1, end - i - 1);
                i = end;
            }
        }
    }

    private static bool IsTypeHeader(string[] lines, int line, string indent)
    {
        while (line > 0 && lines[line].StartsWith(indent + " ", StringComparison.Ordinal))
        {
            line--;
        }

        return lines[line].Split(' ').Any(word => word is "class" or "record" or "struct" or "interface" or "enum");
    }
}
