using Sheaf.Learning.Text;

namespace Sheaf.Learning.Tests.Text;

public sealed class ClassificationPackerTests
{
    private static readonly HashingTokenizer Tokenizer = new(4096);

    [Fact]
    public void Pack_Examples_KeepsOrderClassesAndTokensOfThoseWithAClass()
    {
        var packed = NewPacker().Pack([("play some jazz", "d"), ("", "b"), ("never", "no class"), ("stop", "a")]);

        Assert.Equal([3, 1, 0], packed.Labels);
        Assert.Equal([0, 3, 3, 4], packed.TokenStarts);
        Assert.Equal(TokensOf("play some jazz"), packed.TokensOf(0).ToArray());
        Assert.Equal(TokensOf("stop"), packed.TokensOf(2).ToArray());
    }

    [Fact]
    public void Pack_LongText_IsCutAtItsEnd()
    {
        var packed = NewPacker(tokensMax: 2).Pack([("one two three", "a"), ("four five", "b"), ("six seven eight nine", "c")]);

        Assert.Equal([0, 2, 4, 6], packed.TokenStarts);
        Assert.Equal(TokensOf("one two four five six seven"), packed.Tokens);
    }

    [Fact]
    public void Pack_ByDefault_KeepsSixtyFourTokens()
    {
        var text = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"w{i}"));

        var packed = NewPacker().Pack([(text, "a")]);

        Assert.Equal(TokensOf(text)[..64], packed.Tokens);
    }

    [Fact]
    public void Pack_ALazySequence_IsReadOnce()
    {
        var read = 0;
        IEnumerable<(string, string)> Examples()
        {
            read++;
            yield return ("a", "a");
        }

        Assert.Equal(1, NewPacker().Pack(Examples()).Count);
        Assert.Equal(1, read);
    }

    [Fact]
    public void Pack_Nothing_HasNoExamples() => Assert.Equal(0, NewPacker().Pack([]).Count);

    [Fact]
    public void Constructor_NoTokens_SaysWhatToChoose() =>
        Assert.Contains(
            "Keep at least 1 token",
            Assert.Throws<ArgumentOutOfRangeException>(() => NewPacker(0)).Message,
            StringComparison.Ordinal);

    private static ClassificationPacker NewPacker(int tokensMax = ClassificationPacker.DefaultTokensMax) => new(Tokenizer, ["a", "b", "c", "d"], tokensMax);

    private static int[] TokensOf(string text)
    {
        List<int> tokens = [];
        Tokenizer.Tokenize(text, tokens);
        return [.. tokens];
    }
}
