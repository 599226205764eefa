using System.IO.Hashing;
using System.Text;
using CsCheck;
using Sheaf.Learning.Text;

namespace Sheaf.Learning.Tests.Text;

public sealed class HashingTokenizerTests
{
    private const int Buckets = 1 << 20;

    [Theory]
    [InlineData("", "")]
    [InlineData(" ,.!? ", "")]
    [InlineData("light", "light")]
    [InlineData("Turn ON the Light!", "turn|on|the|light")]
    [InlineData("what's up", "what's|up")]
    [InlineData("what’s up", "what's|up")]
    [InlineData("'quoted' words'", "quoted|words")]
    [InlineData("a ''' b", "a|b")]
    [InlineData("rock'n'roll", "rock'n'roll")]
    [InlineData("7:30 p.m.", "7|30|p|m")]
    [InlineData("snake_case-and/slash", "snake|case|and|slash")]
    [InlineData("Große ÄPFEL", "große|äpfel")]
    [InlineData("Ωmega ПРИВЕТ", "ωmega|привет")]
    [InlineData("नमस्ते दुनिया", "नमस्ते|दुनिया")]
    [InlineData("𝐀b 😀 c", "𝐀b|c")]
    [InlineData("a\ud800b", "a|b")]
    public void Tokenize_ByHand_HashesTheWords(string text, string words) =>
        Assert.Equal(words.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(HashOf), TokensOf(new HashingTokenizer(Buckets), text));

    [Fact]
    public void Tokenize_Bigrams_FollowTheWords()
    {
        var tokens = TokensOf(new HashingTokenizer(Buckets, bigrams: true), "Turn on, the light");

        Assert.Equal(new[] { "turn", "on", "the", "light", "turn on", "on the", "the light" }.Select(HashOf), tokens);
    }

    [Fact]
    public void Tokenize_OneWord_HasNoBigram() =>
        Assert.Equal([HashOf("stop")], TokensOf(new HashingTokenizer(Buckets, bigrams: true), "stop"));

    [Fact]
    public void Tokenize_KnownHash_IsThePublishedXxHash64()
    {
        // XXH64("a", seed 0) = D24EC4F1A98C6E5B, from the reference implementation's test vectors.
        Assert.Equal([(int)(0xD24EC4F1A98C6E5B % 4096)], TokensOf(new HashingTokenizer(4096), "a"));
    }

    [Fact]
    public void Tokenize_AnyText_AgreesWithAPlainSplit() =>
        Gen.Select(Gen.Char["aAbB'.,ß é9"].Array[0, 800], Gen.Bool, Gen.Int[1, 5000]).Sample((chars, bigrams, buckets) =>
        {
            var text = new string(chars);
            var words = text.ToLowerInvariant().Split([.. text.Where(c => !char.IsLetterOrDigit(c) && c != '\'')])
                .Select(word => word.Trim('\'')).Where(word => word.Length > 0).ToArray();
            var grams = bigrams ? words.Concat(words.Zip(words.Skip(1), (a, b) => $"{a} {b}")) : words;

            var expected = grams.Select(g => (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(g)) % (ulong)buckets));

            Assert.Equal(expected, TokensOf(new HashingTokenizer(buckets, bigrams), text));
        });

    [Fact]
    public void Tokenize_GivenList_IsAppendedTo()
    {
        List<int> tokens = [-1];

        new HashingTokenizer(Buckets).Tokenize("go", tokens);

        Assert.Equal([-1, HashOf("go")], tokens);
    }

    [Fact]
    public void Constructor_NoBuckets_SaysWhatToChoose() =>
        Assert.Contains(
            "Choose at least 1 bucket",
            Assert.Throws<ArgumentOutOfRangeException>(() => new HashingTokenizer(0)).Message,
            StringComparison.Ordinal);

    private static int HashOf(string gram) => (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(gram)) % Buckets);

    private static List<int> TokensOf(HashingTokenizer tokenizer, string text)
    {
        List<int> tokens = [];
        tokenizer.Tokenize(text, tokens);
        return tokens;
    }
}
