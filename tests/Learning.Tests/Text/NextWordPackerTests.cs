using CsCheck;
using Sheaf.Learning.Text;

namespace Sheaf.Learning.Tests.Text;

public sealed class NextWordPackerTests
{
    // 0 is unknown, 1 is a, 2 is b; 3 is the beginning of a text. So the second place begins at 4.
    private static readonly Vocabulary Words = new(Vocabulary.ClassesOf(["a", "b"]));

    [Fact]
    public void Pack_Texts_MakesEveryWordAnExampleWithTheWordsBeforeItInItsText()
    {
        var packed = new NextWordPacker(Words, context: 2).Pack([("A b, zebra!", "x"), ("b", "")]);

        Assert.Equal([1, 2, 0, 2], packed.Labels);
        Assert.Equal([3, 4 + 3], packed.TokensOf(0).ToArray());
        Assert.Equal([1, 4 + 3], packed.TokensOf(1).ToArray());
        Assert.Equal([2, 4 + 1], packed.TokensOf(2).ToArray());
        // Nothing of the text before.
        Assert.Equal([3, 4 + 3], packed.TokensOf(3).ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ?! ")]
    public void Pack_TextsWithoutWords_GiveNothing(string text) =>
        Assert.Equal(0, new NextWordPacker(Words, context: 2).Pack([(text, "x"), (text, "y")]).Count);

    [Fact]
    public void Pack_AnyTexts_GivesOneExampleAWordFromWhichTheTextsCanBeReadAgain() =>
        Gen.Select(Gen.Int[0, 2].Array[0, 9].Array[0, 6], Gen.Int[1, 4]).Sample((texts, context) =>
        {
            var packed = new NextWordPacker(Words, context).Pack(texts.Select(text => (string.Join(' ', text.Select(word => "?ab"[word] == '?' ? "other" : $"{"?ab"[word]}")), "")));

            Assert.Equal(texts.SelectMany(text => text), packed.Labels);
            var example = 0;
            foreach (var text in texts)
            {
                for (var word = 0; word < text.Length; word++, example++)
                {
                    var expected = Enumerable.Range(1, context).Select(distance => ((distance - 1) * 4) + (word >= distance ? text[word - distance] : 3));
                    Assert.Equal(expected, packed.TokensOf(example).ToArray());
                }
            }
        });

    [Fact]
    public void Constructor_NoContext_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>("context", () => new NextWordPacker(Words, 0));
}
