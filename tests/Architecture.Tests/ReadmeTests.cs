namespace Sheaf.Architecture.Tests;

/// <summary>What the README shows is what was built and tested.</summary>
public sealed class ReadmeTests
{
    private const string Fence = "```";

    [Fact]
    public void Readme_EveryPieceOfCSharp_IsInAnExample()
    {
        var examples = Repository.Files("*.cs", "tests/Examples.OwnModel").Select(file => string.Join('\n', Repository.Lines(file))).ToArray();
        var pieces = Pieces("csharp");

        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Contains(examples, example => example.Contains(piece, StringComparison.Ordinal)));
    }

    private static List<string> Pieces(string language)
    {
        var text = string.Join('\n', Repository.Lines("README.md"));
        return [.. text.Split($"\n{Fence}{language}\n").Skip(1).Select(rest => rest[..rest.IndexOf($"\n{Fence}", StringComparison.Ordinal)])];
    }
}
