using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;
using Sheaf.Learning.Tests.Selection;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Tests.Training;

/// <summary>
/// Whether a round's weighted mean aims at Σ p·v, where p is a device's share of all examples and v what it would say. A ratio of two sums has
/// a bias of order 1/K of its own, whatever the weights; what must be 0 is the mean of Σ w·(v − target), which decides whether more devices
/// help. It is exact for any K, so that a few thousand draws of a skewed population show it.
/// </summary>
public sealed class AggregationBiasTests
{
    private const int Draws = 4_000;

    public static TheoryData<ISelectionWeights, double, AggregationWeighting> Unbiased => new()
    {
        { new UniformWeights(), 0, AggregationWeighting.Examples },
        { new PowerWeights(), 0, AggregationWeighting.Equal },
        { new PowerWeights(), 0.1, AggregationWeighting.InverseProbability },
        { new PowerWeights(0.5), 0.1, AggregationWeighting.InverseProbability },
        { new LogWeights(), 0.1, AggregationWeighting.InverseProbability },
        { new SoftmaxWeights(3, 50), 0.1, AggregationWeighting.InverseProbability },
        { new UniformWeights(), 0, AggregationWeighting.InverseProbability },
    };

    public static TheoryData<ISelectionWeights, AggregationWeighting> Biased => new()
    {
        { new PowerWeights(), AggregationWeighting.Examples },
        { new UniformWeights(), AggregationWeighting.Equal },
    };

    [Theory]
    [MemberData(nameof(Unbiased))]
    public void WeightOf_MatchingSelection_IsUnbiased(ISelectionWeights weights, double floor, AggregationWeighting weighting)
    {
        var (bias, error) = BiasOf(new SelectionSpec { Weights = weights, Floor = floor, Cohort = 20 }, weighting);

        Assert.InRange(bias, -3 * error, 3 * error);
        // Small enough to notice a third of the bias that the wrong pairings below have at least.
        Assert.InRange(error, 0, 0.02);
    }

    [Theory]
    [MemberData(nameof(Biased))]
    public void WeightOf_DataCountedTwiceOrNotAtAll_IsBiased(ISelectionWeights weights, AggregationWeighting weighting)
    {
        var (bias, error) = BiasOf(new SelectionSpec { Weights = weights, Cohort = 20 }, weighting);

        Assert.True(Math.Abs(bias) > 20 * error && Math.Abs(bias) > 0.2, $"{bias} ± {error}");
    }

    [Fact]
    public void WeightOf_EveryRule_IsAsDocumented()
    {
        Assert.Equal(7, AggregationWeights.WeightOf(AggregationWeighting.Examples, 7, 3));
        Assert.Equal(1, AggregationWeights.WeightOf(AggregationWeighting.Equal, 7, 3));
        Assert.Equal(21, AggregationWeights.WeightOf(AggregationWeighting.InverseProbability, 7, 3));
        Assert.Equal(1.0 / (1 << 20), AggregationWeights.WeightOf(AggregationWeighting.InverseProbability, 1, 1e-9));
    }

    [Fact]
    public void InverseInclusion_WithAFloor_IsNeverAboveItsInverse()
    {
        var shards = SelectionPopulation.Zipf(1_000).Cut(4, new PowerWeights(2));
        foreach (var floor in new[] { 0.001, 0.1, 0.9 })
        {
            var spec = new SelectionSpec { Weights = new PowerWeights(2), Floor = floor, Cohort = 100, InclusionMax = 0.5 };
            var cohorts = Enumerable.Range(1, 50).SelectMany(round => CohortSampler.Draw(shards, spec, 1, round));

            Assert.All(cohorts, member => Assert.InRange(member.InverseInclusion, 0.1 / 0.5 * (1 - 1e-9), 1 / floor * (1 + 1e-6)));
        }
    }

    /// <summary>The mean of Σ w·(v − target) / mean Σ w over many draws, and its standard error.</summary>
    private static (double Bias, double Error) BiasOf(SelectionSpec spec, AggregationWeighting weighting)
    {
        // Activities 1 to 50 of a Zipf law; the more active, the lower the value, as where the active are better served.
        var activities = Enumerable.Range(1, 400).Select(rank => Math.Max(1, 50 / ((rank + 7) / 8))).ToArray();
        Prf.Sequence(3, Purpose.Activity).Shuffle<int>(activities);
        var values = activities.Select(activity => 5 - Math.Log2(activity)).ToArray();
        var target = activities.Zip(values, (activity, value) => activity * value).Sum() / activities.Sum();

        var shards = new SelectionPopulation(activities).Cut(1, spec.Weights);
        var sums = Enumerable.Range(1, Draws).Select(round => CohortSampler.Draw(shards, spec, 11, round)
            .Select(member => (Weight: AggregationWeights.WeightOf(weighting, activities[member.Index], member.InverseInclusion), Value: values[member.Index]))
            .Aggregate((Weight: 0.0, Off: 0.0), (sum, each) => (sum.Weight + each.Weight, sum.Off + (each.Weight * (each.Value - target))))).ToArray();
        var meanWeight = sums.Average(sum => sum.Weight);
        var offs = sums.Select(sum => sum.Off / meanWeight).ToArray();
        var mean = offs.Average();
        return (mean, Math.Sqrt(offs.Sum(off => (off - mean) * (off - mean)) / (Draws - 1) / Draws));
    }
}
