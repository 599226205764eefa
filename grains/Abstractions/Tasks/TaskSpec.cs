using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>A model plus a plan, trained on a population. Fixed when the task starts.</summary>
/// <param name="Population">The population's name.</param>
/// <param name="Seed">All of the task's randomness follows from it.</param>
/// <param name="Classes">The labels, in the order of the model's classes.</param>
/// <param name="Model">The model.</param>
/// <param name="Plan">How it is trained.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TaskSpec")]
public sealed record TaskSpec(
    [property: Id(0)] string Population,
    [property: Id(1)] ulong Seed,
    [property: Id(2)] ImmutableArray<string> Classes,
    [property: Id(3)] ModelSpec Model,
    [property: Id(4)] PlanSpec Plan);

/// <summary>Which model.</summary>
/// <param name="Type"><c>embedding-bag</c>, <c>softmax-regression</c> or <c>own</c>.</param>
/// <param name="Buckets">How many buckets tokens are hashed into, at least 1.</param>
/// <param name="EmbeddingSize">Values per token, at least 1; embedding-bag only.</param>
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
