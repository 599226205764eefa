using System.Buffers;
using System.IO.Hashing;

namespace Sheaf.Learning.Text;

/// <summary>
/// Turns text into hashed tokens: no dictionary to agree on, ship or leak (Weinberger et al., "Feature hashing for large scale multitask
/// learning", ICML 2009).
/// </summary>
/// <remarks>
/// What a word is, <see cref="WordSplitter"/> says. A unigram is XxHash64 (seed 0) of the word's UTF-8 modulo the buckets; a
/// bigram that of two neighbours with one space between. Immutable and thread-safe.
/// </remarks>
public sealed class HashingTokenizer
{
    /// <summary>All of that in words, for whoever uses a model elsewhere.</summary>
    public const string Scheme =
        "A word is a run of letters, non-spacing and spacing combining marks, decimal digits and apostrophes; everything else separates. Words are "
        + "lower-cased character by character (Unicode's simple mapping), U+2019 is read as ', and apostrophes at either end are taken off. A word's "
        + "token is XXH64 (seed 0) of its UTF-8, unsigned, modulo the buckets; a bigram's that of two neighbours with one space between. A text's "
        + "tokens are its words in order and then, if asked for, its bigrams in order.";

    private const int StackBytesMax = 1024;

    /// <summary>Fixes a tokenizer.</summary>
    /// <param name="buckets">How many different tokens there are, at least 1.</param>
    /// <param name="bigrams">Whether pairs of neighbouring words are tokens too, after the single words. Default: no.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no bucket.</exception>
    public HashingTokenizer(int buckets, bool bigrams = false)
    {
        if (buckets < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(buckets), buckets, "Choose at least 1 bucket; 4,096 suit a vocabulary of a thousand words.");
        }

        (Buckets, Bigrams) = (buckets, bigrams);
    }

    /// <summary>How many different tokens there are.</summary>
    public int Buckets { get; }

    /// <summary>Whether pairs of neighbouring words are tokens too.</summary>
    public bool Bigrams { get; }

    /// <summary>Appends the tokens of a text: its words in order, then, if asked for, its bigrams in order.</summary>
    /// <param name="text">The text; an empty one, or one without words, has no tokens.</param>
    /// <param name="tokens">Where tokens are appended, each in [0, <see cref="Buckets"/>).</param>
    public void Tokenize(ReadOnlySpan<char> text, List<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);

        var bytesMax = WordSplitter.BytesMaxOf(text.Length);
        byte[]? rented = null;
        var bytes = bytesMax <= StackBytesMax ? stackalloc byte[StackBytesMax] : rented = ArrayPool<byte>.Shared.Rent(bytesMax);
        var words = bytes[..WordSplitter.Write(text, bytes)];
        AppendNGrams(words, 1, tokens);
        if (Bigrams)
        {
            AppendNGrams(words, 2, tokens);
        }

        if (rented is not null)
        {
            // A pool outlives the device: what a device said must not stay in it.
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private void AppendNGrams(ReadOnlySpan<byte> words, int order, List<int> tokens)
    {
        var (start, previous) = (0, -1);
        while (start < words.Length)
        {
            var end = start + words[start..].IndexOf(WordSplitter.Separator);
            var from = order == 1 ? start : previous;
            if (from >= 0)
            {
                tokens.Add((int)(XxHash64.HashToUInt64(words[from..end]) % (ulong)Buckets));
            }

            (previous, start) = (start, end + 1);
        }
    }
}
