using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sheaf.Learning.Text;

/// <summary>Counts the words of texts, to make a vocabulary of the most frequent ones. Memory grows with the different words. Not thread-safe.</summary>
public sealed class WordCounter
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _countOf;

    /// <summary>Has counted nothing yet.</summary>
    public WordCounter() => _countOf = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Counts the words of a text.</summary>
    /// <param name="text">The text.</param>
    public void Add(ReadOnlySpan<char> text)
    {
        using var reader = new WordReader(text);
        while (reader.TryRead(out var word))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_countOf, word, out _)++;
        }
    }

    /// <summary>The most frequent words.</summary>
    /// <param name="max">How many, at most.</param>
    /// <returns>The most frequent first; of those that are equally frequent, the first in ordinal order.</returns>
    public ImmutableArray<string> MostFrequent(int max) =>
    [
        .. _counts.OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(max).Select(word => word.Key),
    ];
}
