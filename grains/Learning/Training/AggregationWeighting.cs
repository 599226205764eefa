namespace Sheaf.Learning.Training;

/// <summary>What a device's update weighs in the mean: a choice of its own, never derived from how devices are selected.</summary>
public enum AggregationWeighting
{
    /// <summary>The number of different examples it trained on (FedAvg). Unbiased with uniform selection.</summary>
    Examples,

    /// <summary>One. Unbiased with selection proportional to activity.</summary>
    Equal,

    /// <summary>
    /// The number of different examples it trained on over its inclusion probability π (Horvitz and Thompson, JASA 1952). The mean divides
    /// by the weights' own sum (Hájek, 1971), because devices that drop out make π an intention. Unbiased, to the first order, with any
    /// selection in which every π is above 0.
    /// </summary>
    InverseProbability,
}

/// <summary>Works weights out.</summary>
public static class AggregationWeights
{
    // One unit in which sums of weights are kept: a device that is folded has some weight.
    private const double Least = 1.0 / (1 << 20);

    /// <summary>What an update weighs.</summary>
    /// <param name="weighting">The rule.</param>
    /// <param name="examples">How many different examples the device trained on, at least 1.</param>
    /// <param name="inverseInclusion">The mean inclusion probability of all devices over its own; the common factor does not change a mean.</param>
    /// <returns>The weight, above 0.</returns>
    public static double WeightOf(AggregationWeighting weighting, int examples, double inverseInclusion) => weighting switch
    {
        AggregationWeighting.Examples => examples,
        AggregationWeighting.InverseProbability => Math.Max(Least, examples * inverseInclusion),
        _ => 1,
    };
}
