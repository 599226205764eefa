using CsCheck;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Aggregation.Rules;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Aggregation;

/// <summary>What every rule does, whatever computes it.</summary>
public abstract class SliceRuleContract
{
    private static readonly SliceRule[] Rules = [new MedianRule(), new TrimmedMeanRule(0.2), new NormBoundedMeanRule(0.5), new MultiKrumRule(2)];

    /// <summary>What computes.</summary>
    protected abstract IChunkMath Math { get; }

    [Fact]
    public void Median_OddAndEvenNumbers_AreTakenPerParameter()
    {
        Assert.Equal([2, 7], Apply(new MedianRule(), [[1, 9], [50, 7], [2, -3]]));
        Assert.Equal([2.5f, 5], Apply(new MedianRule(), [[1, 9], [50, 7], [2, -3], [3, 3]]));
    }

    [Fact]
    public void TrimmedMean_ShareOfFive_LeavesOutItsFloorAtEitherEnd()
    {
        float[][] inputs = [[1], [2], [6], [-40], [90]];

        Assert.Equal([3], Apply(new TrimmedMeanRule(0.2), inputs));
        Assert.Equal([3], Apply(new TrimmedMeanRule(0.39), inputs));
        Assert.Equal([2], Apply(new TrimmedMeanRule(0.4), inputs));
    }

    [Fact]
    public void NormBoundedMean_OneAboveTheBound_IsScaledDownAndWeighed() =>
        // (3, 4) has norm 5 and becomes (1.5, 2) under a bound of 2.5: (3 · (1.5, 2) + 1 · (0, 2)) / 4.
        Assert.Equal([1.125f, 2], Apply(new NormBoundedMeanRule(2.5), [[3, 4], [0, 2]], [3, 1]));

    [Fact]
    public void MultiKrum_FiveInputsOneCorrupt_AveragesTheClosest()
    {
        // The two nearest others of each: 0: 1 + 4, 1: 1 + 1, 2: 1 + 4, 4: 4 + 9, 100: 96² + 98².
        float[][] inputs = [[0], [1], [2], [4], [100]];

        Assert.Equal([1], Apply(new MultiKrumRule(1, selected: 1), inputs));
        Assert.Equal([0.5f], Apply(new MultiKrumRule(1), inputs));
    }

    [Fact]
    public void AnyRule_IdenticalInputs_GivesTheInput() =>
        Gen.Select(Gen.Int[7, 20], Gen.Int[1, 50], Gen.ULong).Sample((count, length, seed) =>
        {
            var input = Array.ConvertAll(RuleRuns.Inputs(1, length, seed)[0], value => value / 1e6f);
            Assert.All([new MedianRule(), new TrimmedMeanRule(0.3), new MultiKrumRule(2)], (SliceRule rule) =>
                Assert.Equal(input, Apply(rule, [.. Enumerable.Repeat(input, count)])));
        }, iter: 100);

    [Fact]
    public void AnyRule_ChunksOfAnySize_GiveTheSameBits() =>
        Gen.Select(Gen.Int[7, 12], Gen.Int[3000, 6000], Gen.ULong).Sample((count, length, seed) =>
        {
            var inputs = RuleRuns.Inputs(count, length, seed);
            double[] weights = [.. inputs.Select((_, i) => i + 0.3)];
            Assert.All(Rules, rule =>
            {
                var whole = Apply(rule, inputs, weights);
                Assert.All([1024, 2048, 4096], columns => Assert.Equal(whole, RuleRuns.Apply(rule, inputs, Math, weights, columns)));
            });
        }, iter: 10);

    [Fact]
    public void AnyRule_OtherOrderOfInputs_ChangesNoBitOfMedianAndTrimmedMeanAndHardlyTheOthers() =>
        Gen.Select(Gen.Int[7, 20], Gen.Int[1, 100], Gen.ULong).Sample((count, length, seed) =>
        {
            var inputs = RuleRuns.Inputs(count, length, seed);
            double[] weights = [.. inputs.Select((_, i) => i + 1.0)];
            var order = Enumerable.Range(0, count).ToArray();
            Prf.Sequence(seed, Purpose.Activity, 1).Shuffle<int>(order);
            Assert.All(Rules, rule =>
            {
                var (straight, shuffled) = (Apply(rule, inputs, weights), Apply(rule, [.. order.Select(i => inputs[i])], [.. order.Select(i => weights[i])]));
                if (rule is MedianRule or TrimmedMeanRule)
                {
                    Assert.Equal(straight, shuffled);
                }

                // Sums of such numbers, up to 2¹³, cancel: what binary64 may round away is below 2⁻³⁰.
                Assert.All(straight.Zip(shuffled), pair => Assert.Equal(pair.First, pair.Second, System.Math.ScaleB(1, -30) + (System.Math.Abs(pair.First) * 1.2e-7)));
            });
        }, iter: 100);

    [Fact]
    public void TrimmedMean_NothingTrimmed_IsTheUnweightedMean() =>
        Gen.Select(Gen.Int[1, 20], Gen.ULong).Sample((count, seed) =>
        {
            var inputs = RuleRuns.Inputs(count, 30, seed);
            var result = Apply(new TrimmedMeanRule(0), inputs, [.. inputs.Select((_, i) => i + 1.0)]);
            for (var i = 0; i < result.Length; i++)
            {
                Assert.Equal((double)(inputs.Sum(input => (decimal)(double)input[i]) / count), result[i], 1e-9 + (System.Math.Abs(result[i]) * 1e-6));
            }
        }, iter: 100);

    [Fact]
    public void MedianAndTrimmedMean_FewerThanTheirShareCorrupt_StayWithinTheRangeOfTheHonest() =>
        Gen.Select(Gen.Int[3, 25], Gen.Double[0, 0.49], Gen.ULong).Sample((count, trim, seed) =>
        {
            AssertWithinHonest(new TrimmedMeanRule(trim), count, (int)((decimal)trim * count), seed);
            AssertWithinHonest(new MedianRule(), count, (count - 1) / 2, seed);
        }, iter: 200);

    [Fact]
    public void MultiKrum_FewerThanItsShareCorrupt_AveragesHonestInputsOnly() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 6], Gen.ULong).Sample((corrupt, more, seed) =>
        {
            var count = (2 * corrupt) + 3 + more;
            AssertWithinHonest(new MultiKrumRule(corrupt), count, corrupt, seed);
            AssertWithinHonest(new MultiKrumRule(corrupt, 1), count, corrupt, seed);
        }, iter: 200);

    [Fact]
    public void NormBoundedMean_AnyInputs_StaysWithinTheBound() =>
        Gen.Select(Gen.Int[1, 20], Gen.Double[0.01, 100], Gen.ULong).Sample((count, bound, seed) =>
        {
            var inputs = RuleRuns.Inputs(count, 40, seed);
            var result = Apply(new NormBoundedMeanRule(bound), inputs, [.. inputs.Select((_, i) => i + 1.0)]);
            Assert.InRange(System.Math.Sqrt(RuleRuns.SquaredNorm(result)), 0, bound * (1 + 1e-7));
        }, iter: 200);

    [Fact]
    public void NormBoundedMean_AllWithinTheBound_IsTheWeightedMean() =>
        Assert.Equal([1.75f, -0.5f], Apply(new NormBoundedMeanRule(1000), [[1, 1], [2, -1]], [1, 3]));

    private void AssertWithinHonest(SliceRule rule, int count, int corrupt, ulong seed)
    {
        // Honest ones are close to one another; the corrupt ones are as large as they like, together or apart.
        var inputs = Array.ConvertAll(RuleRuns.Inputs(count, 12, seed), input => Array.ConvertAll(input, value => float.Clamp(value, -1, 1)));
        var honest = inputs[corrupt..];
        for (var i = 0; i < corrupt; i++)
        {
            var size = seed % 2 == 0 ? 1e30f : (i + 1) * 1e6f;
            inputs[i] = Array.ConvertAll(inputs[i], value => value < 0 && seed % 3 == 0 ? -size : size);
        }

        Prf.Sequence(seed, Purpose.Activity, 2).Shuffle<float[]>(inputs);
        var result = Apply(rule, inputs);
        for (var i = 0; i < result.Length; i++)
        {
            Assert.InRange(result[i], honest.Min(input => input[i]), honest.Max(input => input[i]));
        }
    }

    private float[] Apply(SliceRule rule, float[][] inputs, double[]? weights = null) => RuleRuns.Apply(rule, inputs, Math, weights);
}
