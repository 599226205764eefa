using System.Collections.Immutable;

namespace Sheaf.Learning.Models;

/// <summary>Multinomial logistic regression on the mean of a text's hashed tokens: convex, so what a study shows with it is not the optimiser's luck.</summary>
/// <remarks>Blocks: <c>output.weight</c> [buckets, classes] (sparse), <c>output.bias</c> [classes]. Both start at zero.</remarks>
public sealed record SoftmaxRegression : ModelArchitecture
{
    /// <summary>Describes the model.</summary>
    /// <param name="buckets">How many buckets tokens are hashed into, at least 1.</param>
    /// <param name="classes">How many classes, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below its minimum.</exception>
    /// <exception cref="OverflowException">The model has more than 2³¹ − 1 values.</exception>
    public SoftmaxRegression(int buckets, int classes)
        : base(classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Buckets = buckets;
        Blocks = LayOut(
            new ParameterBlock("output.weight", 0, buckets, classes, IsSparse: true, InitialRange: 0),
            new ParameterBlock("output.bias", 0, 1, classes, IsSparse: false, InitialRange: 0) { IsVector = true });
    }

    /// <inheritdoc/>
    public override int Buckets { get; }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterBlock> Blocks { get; }
}
