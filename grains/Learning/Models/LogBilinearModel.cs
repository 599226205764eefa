using System.Collections.Immutable;

namespace Sheaf.Learning.Models;

/// <summary>
/// Predicts the next word: the mean of the embeddings of the words before it, which differ by their place, then one logit a word (Mnih and Hinton,
/// "Three new graphical models for statistical language modelling", ICML 2007, the log-bilinear model).
/// </summary>
/// <remarks>
/// Their Σ Cᵢ·r(wᵢ) multiplies a word's one vector by a matrix of its place; here every pair of word and place has the product itself as a row, and
/// the words that are predicted have vectors of their own, which takes more values and no product. Blocks: <c>context.weight</c>
/// [context · (classes + 1), embedding] (sparse), <c>output.weight</c> [embedding, classes], <c>output.bias</c> [classes]. Tokens are
/// those of <see cref="Text.NextWordPacker"/>.
/// </remarks>
public sealed record LogBilinearModel : ModelArchitecture
{
    /// <summary>Describes the model.</summary>
    /// <param name="context">How many words before a word say what it is, at least 1.</param>
    /// <param name="embeddingSize">Values per word, at least 1.</param>
    /// <param name="classes">How many words, the unknown one among them, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below its minimum.</exception>
    /// <exception cref="OverflowException">The model has more than 2³¹ − 1 values.</exception>
    public LogBilinearModel(int context, int embeddingSize, int classes)
        : base(classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddingSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        (Context, EmbeddingSize) = (context, embeddingSize);
        Buckets = checked(context * (classes + 1));
        // 1/√fan-in for the output, PyTorch's range for a linear layer; its bias starts where every word is as likely as another.
        Blocks = LayOut(
            new ParameterBlock("context.weight", 0, Buckets, embeddingSize, IsSparse: true, InitialRange: 0.5),
            new ParameterBlock("output.weight", 0, embeddingSize, classes, IsSparse: false, 1 / Math.Sqrt(embeddingSize)),
            new ParameterBlock("output.bias", 0, 1, classes, IsSparse: false, InitialRange: 0) { IsVector = true });
    }

    /// <summary>How many words before a word say what it is.</summary>
    public int Context { get; }

    /// <summary>Values per word.</summary>
    public int EmbeddingSize { get; }

    /// <inheritdoc/>
    public override int Buckets { get; }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterBlock> Blocks { get; }
}
