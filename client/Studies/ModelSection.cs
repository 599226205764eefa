namespace Sheaf.Client.Studies;

/// <summary>Which model is learnt.</summary>
internal enum ModelType
{
    /// <summary>The mean of token embeddings, one hidden layer, one output a label.</summary>
    EmbeddingBag,

    /// <summary>One weight for each token and label: convex, and quick.</summary>
    SoftmaxRegression,

    /// <summary>The mean of the embeddings of the words before, one output a word.</summary>
    LogBilinear,

    /// <summary>A class of the user's.</summary>
    Own,
}

/// <summary>What is learnt, of at most 2²⁸ parameters (1 GiB). Its labels or words come from the population.</summary>
internal sealed record ModelSection
{
    /// <summary>The kind of model: "embedding-bag", "softmax-regression", "own", or "log-bilinear" for the task "next-word", which knows no
    /// other. Default: "embedding-bag".</summary>
    public ModelType Type { get; init; } = ModelType.EmbeddingBag;

    /// <summary>How many buckets tokens are hashed into, 1 to 10,000,000; not with "log-bilinear". Default: 5000.</summary>
    public int Buckets { get; init; } = 5000;

    /// <summary>Values of a token's embedding, 1 to 4096; not with "softmax-regression". Default: 64.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>Units of the hidden layer, 1 to 65,536; only with "embedding-bag". Default: 128.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>Whether pairs of neighbouring words are tokens too; not with "log-bilinear". Default: false.</summary>
    public bool Bigrams { get; init; }

    /// <summary>The assembly that holds the model of "own". A relative path begins at the folder of the study's file. Its code runs with all
    /// your rights. Default: null.</summary>
    public string? Assembly { get; init; }

    /// <summary>The full name of the class of "own", such as "Mine.Models.TextNet": a public one that implements
    /// Sheaf.Learning.Torch.Own.ITextModel. Default: null.</summary>
    public string? Class { get; init; }
}
