using System.Runtime.InteropServices;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Text;

/// <summary>Tokenises a device's examples and packs them for training. Immutable and thread-safe.</summary>
public sealed class ExamplePacker
{
    /// <summary>The default of <see cref="TokensMax"/>.</summary>
    public const int DefaultTokensMax = 64;

    private readonly HashingTokenizer _tokenizer;

    /// <summary>Fixes a packer.</summary>
    /// <param name="tokenizer">Turns text into tokens.</param>
    /// <param name="tokensMax">The most tokens an example keeps, at least 1; what comes after is cut off, bigrams before words.</param>
    /// <exception cref="ArgumentOutOfRangeException">No token would be kept.</exception>
    public ExamplePacker(HashingTokenizer tokenizer, int tokensMax = DefaultTokensMax)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokensMax < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(tokensMax), tokensMax, $"Keep at least 1 token per example; {DefaultTokensMax} hold a spoken command.");
        }

        (_tokenizer, TokensMax) = (tokenizer, tokensMax);
    }

    /// <summary>The most tokens an example keeps.</summary>
    public int TokensMax { get; }

    /// <summary>Packs examples.</summary>
    /// <param name="examples">Texts with their classes.</param>
    /// <returns>The examples in the same order.</returns>
    public PackedExamples Pack(IEnumerable<(string Text, int Label)> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var count = examples.TryGetNonEnumeratedCount(out var known) ? known : 0;
        var labels = new List<int>(count);
        var starts = new List<int>(count + 1) { 0 };
        var tokens = new List<int>(count * 8);
        foreach (var (text, label) in examples)
        {
            _tokenizer.Tokenize(text, tokens);
            if (tokens.Count - starts[^1] > TokensMax)
            {
                CollectionsMarshal.SetCount(tokens, starts[^1] + TokensMax);
            }

            labels.Add(label);
            starts.Add(tokens.Count);
        }

        return new PackedExamples([.. labels], [.. starts], [.. tokens]);
    }
}
