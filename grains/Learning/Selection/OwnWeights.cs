using Sheaf.Learning.Extensions;

namespace Sheaf.Learning.Selection;

/// <summary>A user's strategy, held to the contract of <see cref="ISelectionWeights"/>. Two of the same class are equal.</summary>
public sealed record OwnWeights : ISelectionWeights
{
    private const double WeightMax = 18_446_744_073_709_551_616d;

    private readonly ISelectionWeights _weights;

    /// <summary>Wraps a strategy.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="weights">The strategy.</param>
    /// <exception cref="OwnClassException">It needs to know the whole population.</exception>
    public OwnWeights(OwnClass source, ISelectionWeights weights)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(weights);
        if (!weights.IsResolved)
        {
            throw new OwnClassException(
                $"the strategy '{source.Class}' asks for the whole population's activity, which shards do not pass on to a strategy of one's own",
                "Weigh a device by its own activity alone, and leave IsResolved true.");
        }

        (Source, _weights) = (source, weights);
    }

    /// <summary>Where it comes from.</summary>
    public OwnClass Source { get; }

    /// <inheritdoc/>
    public string Name => "own";

    /// <inheritdoc/>
    public double WeightOf(int activity)
    {
        double weight;
        try
        {
            weight = _weights.WeightOf(activity);
        }
        catch (Exception exception)
        {
            // The boundary to the user's code: whatever it throws becomes the user's to mend.
            throw new OwnClassException(
                $"the strategy '{Source.Class}' threw for an activity of {activity}: {OwnClassException.Describe(exception)}",
                "Let it give every activity a weight.", exception);
        }

        return weight is >= 0 and <= WeightMax
            ? weight
            : throw new OwnClassException(
                $"the strategy '{Source.Class}' gives an activity of {activity} the weight {weight}", "A weight is at least 0 and at most 2^64.");
    }

    /// <summary>Whether another strategy is of the same class.</summary>
    /// <param name="other">The other.</param>
    /// <returns>True when it is.</returns>
    public bool Equals(OwnWeights? other) => other is not null && Source == other.Source;

    /// <inheritdoc/>
    public override int GetHashCode() => Source.GetHashCode();
}
