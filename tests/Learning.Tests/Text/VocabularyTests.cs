using Sheaf.Learning.Text;

namespace Sheaf.Learning.Tests.Text;

public sealed class VocabularyTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("what's UP", "1|2")]
    [InlineData("up, ‘what’s’ down?", "2|1|0")]
    [InlineData("<unk> unk", "0|0")]
    public void Encode_Text_NumbersItsWords(string text, string expected)
    {
        var numbers = new List<int>();

        new Vocabulary(["<unk>", "what's", "up"]).Encode(text, numbers);

        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse), numbers);
    }

    [Theory]
    [InlineData("<unk>")]
    [InlineData("a", "b")]
    public void Constructor_ClassesOfNoLanguage_AreRefused(params string[] classes) => Assert.Throws<ArgumentException>(() => new Vocabulary([.. classes]));

    [Fact]
    public void Constructor_WordTwice_IsRefused() => Assert.Throws<ArgumentException>(() => new Vocabulary(["<unk>", "a", "a"]));

    [Theory]
    [InlineData(" Don't ", "don't")]
    [InlineData("two words", null)]
    [InlineData("?", null)]
    public void WordOf_Text_IsItsOnlyWord(string text, string? expected) => Assert.Equal(expected, Vocabulary.WordOf(text));

    [Fact]
    public void MostFrequent_CountedTexts_AreInTheOrderOfTheirCountsThenOfTheirLetters()
    {
        var counter = new WordCounter();
        counter.Add("the cat, the dog");
        counter.Add("The cat ate a bird");

        Assert.Equal<string>(["the", "cat", "a", "ate"], counter.MostFrequent(4));
        Assert.Equal<string>(["the", "cat", "a", "ate", "bird", "dog"], counter.MostFrequent(100));
    }
}
