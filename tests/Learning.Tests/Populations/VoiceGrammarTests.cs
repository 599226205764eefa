using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class VoiceGrammarTests
{
    private static readonly VoiceGrammar Grammar = VoiceGrammar.Shipped;

    [Fact]
    public void Shipped_Intents_AreManyAndSorted()
    {
        Assert.True(Grammar.Intents.Length >= 36, $"{Grammar.Intents.Length} intents");
        Assert.Equal(Grammar.Intents.Order(StringComparer.Ordinal), Grammar.Intents);
        Assert.All(Grammar.Templates, templates => Assert.True(templates.Length >= 6));
    }

    [Fact]
    public void Shipped_Slots_HaveTenToSixtyDifferentValues()
    {
        Assert.True(Grammar.Slots.Length >= 25, $"{Grammar.Slots.Length} slots");
        Assert.All(Grammar.Values, values =>
        {
            Assert.InRange(values.Length, 10, 60);
            Assert.Equal(values.Length, values.Select(Source).Distinct().Count());
        });
    }

    [Fact]
    public void Shipped_Templates_AreDifferentWithinAnIntent() =>
        Assert.All(Grammar.Templates, templates => Assert.Equal(templates.Length, templates.Select(Source).Distinct().Count()));

    [Fact]
    public void Shipped_Slots_AreAllUsed()
    {
        static IEnumerable<PhrasePart> PartsOf(Phrase phrase) =>
            phrase.Parts.SelectMany(part => part.Choices.SelectMany(PartsOf).Append(part));

        var used = Grammar.Templates.Concat(Grammar.Values).SelectMany(list => list).SelectMany(PartsOf)
            .Where(part => part.IsSlot).Select(part => Grammar.Slots[part.Slot])
            .Append(VoiceGrammar.OpeningSlot).Append(VoiceGrammar.ClosingSlot).Distinct();

        Assert.Equal(Grammar.Slots, used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Shipped_SomeSentences_BelongToSeveralIntents()
    {
        // "turn it up" is about light, heat or sound: no model can be perfect.
        var intents = Grammar.Templates.Count(templates => templates.Any(t => Source(t) == "turn it up"));

        Assert.True(intents >= 3);
    }

    private static string Source(Phrase phrase) => string.Concat(phrase.Parts.Select(
        part => part.IsSlot ? $"{{{part.Slot}}}" : part.Text + string.Join('|', part.Choices.Select(Source))));
}
