using Sheaf.Learning.Text;

namespace Sheaf.Learning.Tests.Text;

public sealed class ExamplePackerTests
{
    private static readonly HashingTokenizer Tokenizer = new(4096);

    [Fact]
    public void Pack_Examples_KeepsOrderLabelsAndTokens()
    {
        var packed = new ExamplePacker(Tokenizer).Pack([("play some jazz", 3), ("", 1), ("stop", 0)]);

        Assert.Equal([3, 1, 0], packed.Labels);
        Assert.Equal([0, 3, 3, 4], packed.TokenStarts);
        Assert.Equal(TokensOf("play some jazz"), packed.TokensOf(0).ToArray());
        Assert.Equal(TokensOf("stop"), packed.TokensOf(2).ToArray());
    }

    [Fact]
    public void Pack_LongText_IsCutAtItsEnd()
    {
        var packed = new ExamplePacker(Tokenizer, tokensMax: 2).Pack([("one two three", 0), ("four five", 1), ("six seven eight nine", 2)]);

        Assert.Equal([0, 2, 4, 6], packed.TokenStarts);
        Assert.Equal(TokensOf("one two four five six seven"), packed.Tokens);
    }

    [Fact]
    public void Pack_ByDefault_KeepsSixtyFourTokens()
    {
        var text = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"w{i}"));

        var packed = new ExamplePacker(Tokenizer).Pack([(text, 0)]);

        Assert.Equal(TokensOf(text)[..64], packed.Tokens);
    }

    [Fact]
    public void Pack_ALazySequence_IsReadOnce()
    {
        var read = 0;
        IEnumerable<(string, int)> Examples()
        {
            read++;
            yield return ("a", 0);
        }

        Assert.Equal(1, new ExamplePacker(Tokenizer).Pack(Examples()).Count);
        Assert.Equal(1, read);
    }

    [Fact]
    public void Pack_Nothing_HasNoExamples() => Assert.Equal(0, new ExamplePacker(Tokenizer).Pack([]).Count);

    [Fact]
    public void Constructor_NoTokens_SaysWhatToChoose() =>
        Assert.Contains(
            "Keep at least 1 token",
            Assert.Throws<ArgumentOutOfRangeException>(() => new ExamplePacker(Tokenizer, 0)).Message,
            StringComparison.Ordinal);

    private static int[] TokensOf(string text)
    {
        List<int> tokens = [];
        Tokenizer.Tokenize(text, tokens);
        return [.. tokens];
    }
}
