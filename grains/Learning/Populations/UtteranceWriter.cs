using System.Text;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Populations;

/// <summary>Writes what a device says: a template of the intent, its slots filled in, and the habits of the speaker.</summary>
/// <remarks>Immutable and thread-safe; the caller's <see cref="StringBuilder"/> holds the work.</remarks>
internal sealed class UtteranceWriter
{
    /// <summary>How often a slot is filled with one of the device's favourites: people have one home town and a few friends.</summary>
    private const double FavouriteShare = 0.7;

    private const int FavouritesPerSlot = 3;

    /// <summary>How often the recogniser loses a word: what keeps the task from being a table look-up.</summary>
    private const double WordLossShare = 0.15;

    private const int WordsKeptMin = 2;

    private readonly ulong _seed;
    private readonly VoiceGrammar _grammar;
    private readonly SeasonalChoice[] _templates;
    private readonly SeasonalChoice[] _values;
    private readonly int _opening;
    private readonly int _closing;

    /// <summary>Gives every template and value its season.</summary>
    /// <param name="seed">The seed of the population.</param>
    /// <param name="grammar">The grammar.</param>
    public UtteranceWriter(ulong seed, VoiceGrammar grammar)
    {
        (_seed, _grammar) = (seed, grammar);
        _templates = Spread(seed, grammar.Templates, 0);
        _values = Spread(seed, grammar.Values, 1);
        _opening = grammar.SlotOf(VoiceGrammar.OpeningSlot);
        _closing = grammar.SlotOf(VoiceGrammar.ClosingSlot);
    }

    /// <summary>How readily a device adds fragments around what it says: its habit, in [0, 0.6).</summary>
    /// <param name="device">The device.</param>
    /// <returns>The chance of an opening; that of a closing is half of it.</returns>
    public double WordinessOf(long device) => 0.6 * Prf.Sequence(_seed, Purpose.ExampleText, 0, (ulong)device, ulong.MaxValue).NextDouble();

    /// <summary>Writes one utterance.</summary>
    /// <param name="device">Who speaks.</param>
    /// <param name="wordiness">Its habit.</param>
    /// <param name="intent">What it wants.</param>
    /// <param name="season">When.</param>
    /// <param name="random">Where the randomness comes from.</param>
    /// <param name="text">Cleared first.</param>
    /// <returns>The text.</returns>
    public string Write(long device, double wordiness, int intent, Season season, ref PrfSequence random, StringBuilder text)
    {
        text.Clear();
        if (random.NextDouble() < wordiness)
        {
            WriteSlot(device, _opening, season, ref random, text);
            text.Append(' ');
        }

        var template = _grammar.Templates[intent][_templates[intent].Draw(season, ref random)];
        WritePhrase(device, template, season, ref random, text);
        if (random.NextDouble() < wordiness / 2)
        {
            text.Append(' ');
            WriteSlot(device, _closing, season, ref random, text);
        }

        var said = text.ToString();
        return random.NextDouble() < WordLossShare ? LoseWord(said, ref random) : said;
    }

    private static SeasonalChoice[] Spread(ulong seed, Phrase[][] lists, ulong kind) =>
        [.. lists.Select((list, i) =>
            new SeasonalChoice(list.Length, Prf.Sequence(seed, Purpose.ExampleText, ulong.MaxValue, kind, (ulong)i)))];

    private void WritePhrase(long device, Phrase phrase, Season season, ref PrfSequence random, StringBuilder text)
    {
        foreach (var part in phrase.Parts)
        {
            text.Append(part.Text);
            if (part.IsSlot)
            {
                WriteSlot(device, part.Slot, season, ref random, text);
            }
            else if (part.Choices.Length > 0)
            {
                WritePhrase(device, part.Choices[random.NextInt32(part.Choices.Length)], season, ref random, text);
            }
        }
    }

    private void WriteSlot(long device, int slot, Season season, ref PrfSequence random, StringBuilder text)
    {
        var values = _values[slot];
        int value;
        if (random.NextDouble() < FavouriteShare)
        {
            var place = (ulong)((slot * FavouritesPerSlot) + random.NextInt32(FavouritesPerSlot));
            var favourites = Prf.Sequence(_seed, Purpose.ExampleText, 0, (ulong)device, place);
            value = values.Draw(season, ref favourites);
        }
        else
        {
            value = values.Draw(season, ref random);
        }

        WritePhrase(device, _grammar.Values[slot][value], season, ref random, text);
    }

    private static string LoseWord(string said, ref PrfSequence random)
    {
        var words = said.AsSpan().Count(' ') + 1;
        if (words <= WordsKeptMin)
        {
            return said;
        }

        var start = 0;
        for (var skipped = random.NextInt32(words); skipped > 0; skipped--)
        {
            start = said.IndexOf(' ', start) + 1;
        }

        var end = said.IndexOf(' ', start);
        return end < 0 ? said[..(start - 1)] : string.Concat(said.AsSpan(0, start), said.AsSpan(end + 1));
    }
}
