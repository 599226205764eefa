using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class GrammarReaderTests
{
    [Fact]
    public void ToGrammar_TwoTexts_ResolvesSlotsAcrossThem()
    {
        var reader = new GrammarReader();
        reader.Read("a.txt", new StringReader("# comment\nslot room\n  hall, attic\n  study\n"));
        reader.Read("b.txt", new StringReader("intent clean\n  sweep (the {room}|my) {room}\n"));

        var grammar = reader.ToGrammar();

        Assert.Equal(["clean"], grammar.Intents);
        Assert.Equal(["hall", "attic", "study"], grammar.Values[0].Select(v => v.Parts[0].Text));
        var parts = grammar.Templates[0][0].Parts;
        Assert.Equal(4, parts.Length);
        Assert.Equal("sweep ", parts[0].Text);
        Assert.Equal("the ", parts[1].Choices[0].Parts[0].Text);
        Assert.Equal(0, parts[1].Choices[0].Parts[1].Slot);
        Assert.Equal("my", parts[1].Choices[1].Parts[0].Text);
        Assert.Equal(" ", parts[2].Text);
        Assert.Equal(0, parts[3].Slot);
    }

    [Theory]
    [InlineData("intent x\n  go {nowhere}\n", "g.txt:2: no slot is called 'nowhere': add a block 'slot nowhere'.")]
    [InlineData("  lost line\n", "g.txt:1: 'lost line' is in no block: start one with 'slot NAME' or 'intent NAME'.")]
    [InlineData("intend x\n", "g.txt:1: 'intend x' starts no block: write 'slot NAME' or 'intent NAME', and indent what belongs to it.")]
    [InlineData("slot a\n  b\nslot a\n  c\n", "g.txt:3: 'slot a' is there twice: merge the two blocks.")]
    [InlineData("intent x\n  (a|b\n", "g.txt:2: '(a|b' opens a bracket that it does not close.")]
    [InlineData("intent x\n  a) b\n", "g.txt:2: 'a) b' has one of } ) | outside of any bracket.")]
    [InlineData("intent x\n", "'x' is empty: give it at least one line.")]
    [InlineData("slot a\n  b {c}\nslot c\n  {a} d\n", "The slot 'a' holds itself: take it out of its own values.")]
    public void Read_Mistake_SaysWhereAndWhatToDo(string text, string message)
    {
        var reader = new GrammarReader();

        var error = Assert.Throws<FormatException>(() =>
        {
            reader.Read("g.txt", new StringReader(text));
            reader.ToGrammar();
        });

        Assert.Equal(message, error.Message);
    }
}
