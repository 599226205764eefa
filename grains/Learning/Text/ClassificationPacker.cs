using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Text;

/// <summary>Text classification: an example is a text's tokens, its class the label. Texts whose label is no class are left out. Immutable and thread-safe.</summary>
public sealed class ClassificationPacker : IExamplePacker
{
    /// <summary>The default of <see cref="TokensMax"/>.</summary>
    public const int DefaultTokensMax = 64;

    private readonly HashingTokenizer _tokenizer;
    private readonly FrozenDictionary<string, int> _classOf;

    /// <summary>Fixes a packer.</summary>
    /// <param name="tokenizer">Turns text into tokens.</param>
    /// <param name="classes">The label of each class.</param>
    /// <param name="tokensMax">The most tokens an example keeps, at least 1; what comes after is cut off, bigrams before words.</param>
    /// <exception cref="ArgumentOutOfRangeException">No token would be kept.</exception>
    public ClassificationPacker(HashingTokenizer tokenizer, ImmutableArray<string> classes, int tokensMax = DefaultTokensMax)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokensMax < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(tokensMax), tokensMax, $"Keep at least 1 token per example; {DefaultTokensMax} hold a spoken command.");
        }

        _classOf = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);
        (_tokenizer, TokensMax) = (tokenizer, tokensMax);
    }

    /// <summary>The most tokens an example keeps.</summary>
    public int TokensMax { get; }

    /// <inheritdoc/>
    public PackedExamples Pack(IEnumerable<(string Text, string Label)> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var count = examples.TryGetNonEnumeratedCount(out var known) ? known : 0;
        var labels = new List<int>(count);
        var starts = new List<int>(count + 1) { 0 };
        var tokens = new List<int>(count * 8);
        var sources = new List<int>(count);
        foreach (var (source, (text, label)) in examples.Index())
        {
            if (!_classOf.TryGetValue(label, out var labelClass))
            {
                continue;
            }

            _tokenizer.Tokenize(text, tokens);
            if (tokens.Count - starts[^1] > TokensMax)
            {
                CollectionsMarshal.SetCount(tokens, starts[^1] + TokensMax);
            }

            labels.Add(labelClass);
            sources.Add(source);
            starts.Add(tokens.Count);
        }

        return new PackedExamples([.. labels], [.. starts], [.. tokens], [.. sources]);
    }
}
