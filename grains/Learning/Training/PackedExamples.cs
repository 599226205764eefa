namespace Sheaf.Learning.Training;

/// <summary>The examples of one device, tokenised and packed into three arrays.</summary>
/// <remarks>Invariants: <c>TokenStarts</c> has <c>Labels.Length + 1</c> values, starts at 0, never falls and ends at
/// <c>Tokens.Length</c>; a token is in [0, buckets); a label in [0, classes). An example may have no token.</remarks>
public sealed class PackedExamples
{
    /// <summary>Packs examples; the arrays are kept, not copied.</summary>
    /// <param name="labels">One class per example.</param>
    /// <param name="tokenStarts">Where each example's tokens start in <paramref name="tokens"/>, and where the last ones end.</param>
    /// <param name="tokens">The hashed tokens of all examples, one example after another.</param>
    /// <param name="sources">Which of the texts each example was made of; null when each was made of one, in the same order.</param>
    /// <exception cref="ArgumentException">The arrays contradict one another.</exception>
    public PackedExamples(int[] labels, int[] tokenStarts, int[] tokens, int[]? sources = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(tokenStarts);
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokenStarts.Length != labels.Length + 1 || tokenStarts[0] != 0 || tokenStarts[^1] != tokens.Length)
        {
            throw new ArgumentException(
                $"{labels.Length} labels need {labels.Length + 1} token starts from 0 to {tokens.Length}; there are {tokenStarts.Length}.",
                nameof(tokenStarts));
        }

        if (sources is not null && sources.Length != labels.Length)
        {
            throw new ArgumentException($"{labels.Length} labels need as many sources; there are {sources.Length}.", nameof(sources));
        }

        (Labels, TokenStarts, Tokens, Sources) = (labels, tokenStarts, tokens, sources);
    }

    /// <summary>How many examples there are.</summary>
    public int Count => Labels.Length;

    /// <summary>One class per example.</summary>
    public int[] Labels { get; }

    /// <summary>Where each example's tokens start, and where the last ones end.</summary>
    public int[] TokenStarts { get; }

    /// <summary>The hashed tokens of all examples.</summary>
    public int[] Tokens { get; }

    /// <summary>Which of the texts each example was made of, never falling; null when each was made of one, in the same order.</summary>
    public int[]? Sources { get; }

    /// <summary>The tokens of one example.</summary>
    /// <param name="example">The example, in [0, <see cref="Count"/>).</param>
    /// <returns>Its tokens in the order of the text.</returns>
    public ReadOnlySpan<int> TokensOf(int example) => Tokens.AsSpan(TokenStarts[example]..TokenStarts[example + 1]);

    /// <summary>Overwrites labels and tokens with zeros: what an erase leaves of them.</summary>
    public void Clear()
    {
        Array.Clear(Labels);
        Array.Clear(Tokens);
    }
}
