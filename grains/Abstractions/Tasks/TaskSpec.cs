using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>A model plus a plan, trained on a population. Fixed when the task starts.</summary>
/// <param name="Population">The population's name.</param>
/// <param name="Seed">All of the task's randomness follows from it.</param>
/// <param name="Classes">The labels, in the order of the model's classes; for next-word prediction the words, the first being
/// <c>&lt;unk&gt;</c>, which stands for all others.</param>
/// <param name="Model">The model.</param>
/// <param name="Plan">How it is trained.</param>
/// <param name="Language">Next-word prediction; null for the classification of texts by their labels.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TaskSpec")]
public sealed record TaskSpec(
    [property: Id(0)] string Population,
    [property: Id(1)] ulong Seed,
    [property: Id(2)] ImmutableArray<string> Classes,
    [property: Id(3)] ModelSpec Model,
    [property: Id(4)] PlanSpec Plan,
    [property: Id(5)] NextWordSpec? Language = null);

/// <summary>Next-word prediction: every word of a text is an example, and its label is not read.</summary>
/// <param name="Context">How many words before a word say what it is, at least 1.</param>
[GenerateSerializer, Immutable, Alias("sheaf.NextWordSpec")]
public sealed record NextWordSpec([property: Id(0)] int Context);

/// <summary>Which model.</summary>
/// <param name="Type"><c>embedding-bag</c>, <c>softmax-regression</c>, <c>own</c> or, for next-word prediction, <c>log-bilinear</c>.</param>
/// <param name="Buckets">How many buckets tokens are hashed into, at least 1; not for log-bilinear, whose words follow from the classes.</param>
/// <param name="EmbeddingSize">Values per token, at least 1; not for softmax-regression.</param>
/// <param name="HiddenSize">Units of the hidden layer, at least 1; embedding-bag only.</param>
/// <param name="Bigrams">Whether pairs of neighbouring tokens are tokens too.</param>
/// <param name="Assembly">The path of a user's assembly on every silo; own only.</param>
/// <param name="Class">The full name of the model's class in it; own only.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ModelSpec")]
public sealed record ModelSpec(
    [property: Id(0)] string Type,
    [property: Id(1)] int Buckets,
    [property: Id(2)] int EmbeddingSize,
    [property: Id(3)] int HiddenSize,
    [property: Id(4)] bool Bigrams,
    [property: Id(5)] string? Assembly = null,
    [property: Id(6)] string? Class = null);
