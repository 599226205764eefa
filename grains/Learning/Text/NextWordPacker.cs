using Sheaf.Learning.Training;

namespace Sheaf.Learning.Text;

/// <summary>Next-word prediction: a text of L words becomes L examples, each word with those before it, whatever the text's label. Immutable and thread-safe.</summary>
/// <remarks>
/// The class of an example is the number of its word in the vocabulary. Its tokens are the words before it, the nearest first, each in a range
/// of its own: the word d places before has the token (d − 1) · (V + 1) + its number, where V counts the vocabulary with the unknown word, and V itself
/// stands for a place before the beginning of the text. So every example has exactly as many tokens as the context has words.
/// </remarks>
public sealed class NextWordPacker : IExamplePacker
{
    /// <summary>How a text becomes tokens, in words.</summary>
    public const string Scheme =
        "Words are split as for classification and numbered as the labels are, unknown ones 0. With V labels, the word d places before the one to "
        + "predict has the token (d - 1) * (V + 1) + its number; a place before the beginning of the text has the number V.";

    private readonly Vocabulary _vocabulary;

    /// <summary>Fixes a packer.</summary>
    /// <param name="vocabulary">The words.</param>
    /// <param name="context">How many words before a word say what it is, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no context.</exception>
    public NextWordPacker(Vocabulary vocabulary, int context)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
        (_vocabulary, Context) = (vocabulary, context);
    }

    /// <summary>How many words before a word say what it is.</summary>
    public int Context { get; }

    /// <inheritdoc/>
    public PackedExamples Pack(IEnumerable<(string Text, string Label)> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var (words, ends) = (new List<int>(), new List<int>());
        foreach (var (text, _) in examples)
        {
            _vocabulary.Encode(text, words);
            ends.Add(words.Count);
        }

        var tokens = new int[checked(words.Count * Context)];
        var starts = new int[words.Count + 1];
        var sources = new int[words.Count];
        var (word, textStart) = (0, 0);
        foreach (var (source, end) in ends.Index())
        {
            for (; word < end; word++)
            {
                sources[word] = source;
                starts[word + 1] = starts[word] + Context;
                for (var distance = 1; distance <= Context; distance++)
                {
                    var before = word - distance >= textStart ? words[word - distance] : _vocabulary.Count;
                    tokens[starts[word] + distance - 1] = ((distance - 1) * (_vocabulary.Count + 1)) + before;
                }
            }

            textStart = end;
        }

        return new PackedExamples([.. words], starts, tokens, sources);
    }
}
