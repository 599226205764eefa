using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Sheaf.Learning.Text;

/// <summary>The words that a language model knows, by number. Immutable and thread-safe.</summary>
/// <remarks>Number 0 is every word that it does not know; no text can spell <see cref="UnknownWord"/>.</remarks>
public sealed class Vocabulary
{
    /// <summary>What stands for all words that are not in the vocabulary.</summary>
    public const string UnknownWord = "<unk>";

    private readonly FrozenDictionary<string, int> _numbers;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numberOf;

    /// <summary>Numbers the classes of a language model.</summary>
    /// <param name="classes"><see cref="UnknownWord"/>, then at least one word, each once.</param>
    /// <exception cref="ArgumentException">The first class is another, there is no word, or a word is there twice.</exception>
    public Vocabulary(ImmutableArray<string> classes)
    {
        if (classes.Length < 2 || classes[0] != UnknownWord)
        {
            throw new ArgumentException($"The classes of a language model are {UnknownWord} and then at least one word.", nameof(classes));
        }

        _numbers = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);
        _numberOf = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many numbers there are: the words, and one for all others.</summary>
    public int Count => _numbers.Count;

    /// <summary>The classes of a language model that knows some words.</summary>
    /// <param name="words">The words.</param>
    /// <returns><see cref="UnknownWord"/>, then the words.</returns>
    public static ImmutableArray<string> ClassesOf(ImmutableArray<string> words) => words.Insert(0, UnknownWord);

    /// <summary>The one word that a text consists of, as texts are split into words.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The word, lower-cased; null when there is none or more than one.</returns>
    public static string? WordOf(ReadOnlySpan<char> text)
    {
        using var reader = new WordReader(text);
        return reader.TryRead(out var word) && !reader.TryRead(out _) ? word.ToString() : null;
    }

    /// <summary>Appends the numbers of a text's words, in order.</summary>
    /// <param name="text">The text; an empty one, or one without words, has none.</param>
    /// <param name="numbers">Where they are appended, each in [0, <see cref="Count"/>).</param>
    public void Encode(ReadOnlySpan<char> text, List<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        using var reader = new WordReader(text);
        while (reader.TryRead(out var word))
        {
            numbers.Add(_numberOf.TryGetValue(word, out var number) ? number : 0);
        }
    }
}
