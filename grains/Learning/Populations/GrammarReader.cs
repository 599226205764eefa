namespace Sheaf.Learning.Populations;

/// <summary>
/// Reads grammar texts. A line <c>slot NAME</c> or <c>intent NAME</c> starts a block; the indented lines below it are the slot's
/// values, separated by commas, or the intent's templates, one a line. <c>{name}</c> is a slot, <c>(a|b {name}|)</c> one of several
/// phrases, <c>#</c> a comment line.
/// </summary>
/// <remarks>A slot's value may hold slots itself, but not, through however many others, its own.</remarks>
internal sealed class GrammarReader
{
    private readonly SortedDictionary<string, List<Line>> _intents = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<Line>> _slots = new(StringComparer.Ordinal);
    private string[] _slotNames = [];

    /// <summary>Takes in one text.</summary>
    /// <param name="source">Its name, for errors.</param>
    /// <param name="text">The text, read to its end.</param>
    /// <exception cref="FormatException">A line is in no block, or a block is given twice.</exception>
    public void Read(string source, TextReader text)
    {
        List<Line>? block = null;
        var isSlot = false;
        var number = 0;
        while (text.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
            {
                continue;
            }

            if (!line.StartsWith(' '))
            {
                isSlot = line.StartsWith("slot ", StringComparison.Ordinal);
                block = StartBlock(line, $"{source}:{number}");
                continue;
            }

            if (block is null)
            {
                throw new FormatException(
                    $"{source}:{number}: '{line.Trim()}' is in no block: start one with 'slot NAME' or 'intent NAME'.");
            }

            var entries = isSlot ? line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [line.Trim()];
            block.AddRange(entries.Select(entry => new Line(entry, $"{source}:{number}")));
        }
    }

    /// <summary>Resolves all slots.</summary>
    /// <returns>The grammar of all texts read.</returns>
    /// <exception cref="FormatException">A slot is unknown or holds itself, a bracket is open, or a block is empty.</exception>
    public VoiceGrammar ToGrammar()
    {
        _slotNames = [.. _slots.Keys];
        var values = _slots.Select(slot => ParseBlock(slot.Key, slot.Value)).ToArray();
        var templates = _intents.Select(intent => ParseBlock(intent.Key, intent.Value)).ToArray();
        for (var slot = 0; slot < values.Length; slot++)
        {
            EnsureEnds(slot, values, new Stack<int>());
        }

        return new VoiceGrammar([.. _intents.Keys], templates, _slotNames, values);
    }

    private List<Line> StartBlock(string line, string where)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var blocks = words is ["slot", _] ? _slots : words is ["intent", _] ? _intents : null;
        if (blocks is null)
        {
            throw new FormatException(
                $"{where}: '{line}' starts no block: write 'slot NAME' or 'intent NAME', and indent what belongs to it.");
        }

        var block = new List<Line>();
        return blocks.TryAdd(words[1], block)
            ? block
            : throw new FormatException($"{where}: '{line}' is there twice: merge the two blocks.");
    }

    private Phrase[] ParseBlock(string name, List<Line> lines) =>
        lines.Count > 0 ? [.. lines.Select(Parse)] : throw new FormatException($"'{name}' is empty: give it at least one line.");

    private Phrase Parse(Line line) => Parse(line.Text, line);

    private Phrase Parse(ReadOnlySpan<char> text, Line line)
    {
        var parts = new List<PhrasePart>();
        while (text.Length > 0)
        {
            var opening = text.IndexOfAny("{(");
            var literal = opening < 0 ? text : text[..opening];
            if (literal.IndexOfAny("})|") >= 0)
            {
                throw new FormatException($"{line.Where}: '{line.Text}' has one of }} ) | outside of any bracket.");
            }

            if (literal.Length > 0)
            {
                parts.Add(new PhrasePart(literal.ToString(), Slot: -1, Choices: []));
                text = text[literal.Length..];
                continue;
            }

            var closing = text.IndexOf(text[0] == '{' ? '}' : ')');
            if (closing < 0)
            {
                throw new FormatException($"{line.Where}: '{line.Text}' opens a bracket that it does not close.");
            }

            var inside = text[1..closing].ToString();
            parts.Add(text[0] == '{'
                ? new PhrasePart("", SlotOf(inside, line), Choices: [])
                : new PhrasePart("", Slot: -1, [.. inside.Split('|').Select(choice => Parse(choice, line))]));
            text = text[(closing + 1)..];
        }

        return new Phrase([.. parts]);
    }

    private int SlotOf(string name, Line line)
    {
        var slot = Array.BinarySearch(_slotNames, name, StringComparer.Ordinal);
        return slot >= 0 ? slot : throw new FormatException($"{line.Where}: no slot is called '{name}': add a block 'slot {name}'.");
    }

    private void EnsureEnds(int slot, Phrase[][] values, Stack<int> path)
    {
        if (path.Contains(slot))
        {
            throw new FormatException($"The slot '{_slotNames[slot]}' holds itself: take it out of its own values.");
        }

        path.Push(slot);
        foreach (var inner in values[slot].SelectMany(SlotsIn).Distinct())
        {
            EnsureEnds(inner, values, path);
        }

        path.Pop();
    }

    private static IEnumerable<int> SlotsIn(Phrase phrase) =>
        phrase.Parts.SelectMany(part => part.IsSlot ? [part.Slot] : part.Choices.SelectMany(SlotsIn));

    private readonly record struct Line(string Text, string Where);
}
