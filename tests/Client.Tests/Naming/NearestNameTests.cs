using CsCheck;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Tests.Naming;

public sealed class NearestNameTests
{
    private static readonly Gen<string> ShortName = Gen.String[Gen.Char["abcAB"], 0, 6];

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("cohort", "cohrot", 1)]
    [InlineData("cohort", "Cohort", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("ca", "abc", 3)]
    public void Distance_KnownPairs_CountsEdits(string first, string second, int expected) =>
        Assert.Equal(expected, NearestName.Distance(first, second));

    [Fact]
    public void Distance_AnyPair_EqualsTheRecursiveDefinition() =>
        Gen.Select(ShortName, ShortName).Sample(
            (a, b) => NearestName.Distance(a, b) == Recursive(a.ToUpperInvariant(), b.ToUpperInvariant()), iter: 300);

    [Fact]
    public void Distance_NamesOfAMegabyte_ComparesTheirBeginning() =>
        Assert.Equal(64, NearestName.Distance(new string('a', 1 << 20), new string('b', 1 << 20)));

    [Theory]
    [InlineData("rouns", "rounds")]
    [InlineData("Cohort", "cohort")]
    [InlineData("batchsize", "batchSize")]
    [InlineData("cohotr", "cohort")]
    public void Find_NearName_IsFound(string typed, string expected) =>
        Assert.Equal(expected, NearestName.Find(typed, ["rounds", "cohort", "batchSize"]));

    [Theory]
    [InlineData("weather")]
    [InlineData("x")]
    [InlineData("")]
    public void Find_NothingNear_IsNull(string typed) => Assert.Null(NearestName.Find(typed, ["rounds", "cohort"]));

    [Fact]
    public void Find_NoNames_IsNull() => Assert.Null(NearestName.Find("rounds", []));

    [Fact]
    public void Order_Names_BeginsWithTheNearest() =>
        Assert.Equal(["slurp", "voice", "weather"], NearestName.Order("slrup", ["voice", "weather", "slurp"]));

    [Fact]
    public void Shorten_LongValue_CutsAt40WithoutSplittingACharacter()
    {
        Assert.Equal(new string('a', 40), Quoting.Shorten(new string('a', 40)));
        Assert.Equal(new string('a', 40) + "…", Quoting.Shorten(new string('a', 41)));
        Assert.Equal(new string('a', 39) + "…", Quoting.Shorten(new string('a', 39) + "😀b"));
        Assert.Equal("a b c", Quoting.Shorten("a\tb\nc"));
    }

    /// <summary>The definition, term by term: the restricted edit distance of two prefixes from those of shorter ones.</summary>
    private static int Recursive(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0)
        {
            return a.Length + b.Length;
        }

        var least = Math.Min(
            Recursive(a[..^1], b[..^1]) + (a[^1] == b[^1] ? 0 : 1),
            Math.Min(Recursive(a[..^1], b), Recursive(a, b[..^1])) + 1);
        var isSwap = a.Length > 1 && b.Length > 1 && a[^1] == b[^2] && a[^2] == b[^1];
        return isSwap ? Math.Min(least, Recursive(a[..^2], b[..^2]) + 1) : least;
    }
}
