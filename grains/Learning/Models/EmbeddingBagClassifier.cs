using System.Collections.Immutable;

namespace Sheaf.Learning.Models;

/// <summary>
/// The default text classifier: the mean of the embeddings of a text's hashed tokens, one hidden layer with ReLU, one logit a
/// class, softmax cross-entropy (Joulin et al., "Bag of tricks for efficient text classification", 2016, with a hidden layer).
/// </summary>
/// <remarks>Blocks: <c>embedding.weight</c> [buckets, embedding], <c>hidden.weight</c> [embedding, hidden], <c>hidden.bias</c>
/// [hidden], <c>output.weight</c> [hidden, classes], <c>output.bias</c> [classes]. Weights multiply from the right: h = x·W + b.</remarks>
public sealed record EmbeddingBagClassifier : ModelArchitecture
{
    /// <summary>Describes the model.</summary>
    /// <param name="buckets">How many buckets tokens are hashed into, at least 1.</param>
    /// <param name="embeddingSize">Values per token, at least 1.</param>
    /// <param name="hiddenSize">Units of the hidden layer, at least 1.</param>
    /// <param name="classes">How many classes, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below its minimum.</exception>
    /// <exception cref="OverflowException">The model has more than 2³¹ − 1 values.</exception>
    public EmbeddingBagClassifier(int buckets, int embeddingSize, int hiddenSize, int classes)
        : base(classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddingSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        (Buckets, EmbeddingSize, HiddenSize) = (buckets, embeddingSize, hiddenSize);
        Blocks = LayOut(
            new ParameterBlock("embedding.weight", 0, buckets, embeddingSize, IsSparse: true, InitialRange: 0.5),
            new ParameterBlock("hidden.weight", 0, embeddingSize, hiddenSize, IsSparse: false, Range(embeddingSize)),
            new ParameterBlock("hidden.bias", 0, 1, hiddenSize, IsSparse: false, Range(embeddingSize)) { IsVector = true },
            new ParameterBlock("output.weight", 0, hiddenSize, classes, IsSparse: false, Range(hiddenSize)),
            new ParameterBlock("output.bias", 0, 1, classes, IsSparse: false, Range(hiddenSize)) { IsVector = true });
    }

    /// <inheritdoc/>
    public override int Buckets { get; }

    /// <summary>Values per token.</summary>
    public int EmbeddingSize { get; }

    /// <summary>Units of the hidden layer.</summary>
    public int HiddenSize { get; }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterBlock> Blocks { get; }

    /// <summary>1/√fan-in, PyTorch's range for a linear layer (He et al., 2015, with a = √5).</summary>
    private static double Range(int fanIn) => 1 / Math.Sqrt(fanIn);
}
