using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Devices;

public sealed class ReplayReserveTests
{
    private static readonly Gen<(double[][] Gradients, int Keep)> Cases =
        from dimensions in Gen.Int[1, 4]
        from gradients in Gen.Double[-3, 3].Array[dimensions].Array[1, 9]
        from keep in Gen.Int[0, gradients.Length]
        select (gradients, keep);

    [Fact]
    public void Relaxed_AnyGradients_IsFeasibleAndOptimal() => Cases.Sample((gradients, keep) =>
    {
        var weights = ReplayReserve.Relaxed(gradients, keep);

        Assert.All(weights, weight => Assert.InRange(weight, 0, 1));
        Assert.Equal(keep, weights.Sum(), 1e-9);
        // f is convex: no feasible point is better by more than ∇f·(w − s) for the best vertex s (Frank and Wolfe's gap).
        var sum = ReplayReserve.SumOf(gradients, weights);
        var slopes = Array.ConvertAll(gradients, gradient => 2 * gradient.Zip(sum, (a, b) => a * b).Sum());
        var gap = slopes.Zip(weights, (slope, weight) => slope * weight).Sum() - slopes.Order().Take(keep).Sum();
        Assert.InRange(gap, -1e-9, 1e-6 + (1e-3 * gradients.Sum(Squared)));
    }, iter: 500);

    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e-92)]
    [InlineData(1e200)]
    public void Relaxed_GradientsOfAnySize_ChoosesAlike(double size)
    {
        double[][] gradients = [[1, 0.5], [-1, -0.4], [0.3, 2], [-0.1, 0.2]];

        var scaled = ReplayReserve.Relaxed(Array.ConvertAll(gradients, gradient => Array.ConvertAll(gradient, value => value * size)), 2);

        Assert.All(ReplayReserve.Relaxed(gradients, 2).Zip(scaled), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Relaxed_AnyGradients_IsNotAboveTheBestSet() => Cases.Sample((gradients, keep) =>
    {
        var relaxed = Squared(ReplayReserve.SumOf(gradients, ReplayReserve.Relaxed(gradients, keep)));

        Assert.InRange(relaxed, 0, BestOf(gradients, keep) + 1e-6 + (1e-3 * gradients.Sum(Squared)));
    }, iter: 300);

    [Fact]
    public void ByGradientSum_SmallCases_ComesNearTheBestSet()
    {
        // Ten examples, three kept: 120 sets. A random set is far off on the average, the best one nearly cancels.
        var (best, chosen, random) = (0.0, 0.0, 0.0);
        for (ulong trial = 0; trial < 200; trial++)
        {
            var gradients = Gradients(10, 4, trial);
            best += BestOf(gradients, 3);
            chosen += NormOf(gradients, ReplayReserve.ByGradientSum(gradients, 3));
            random += NormOf(gradients, ReplayReserve.AtRandom([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3, trial, 1));
        }

        Assert.InRange(chosen, best, best + (0.35 * (random - best)));
    }

    [Fact]
    public void ByGradientSum_LargerCases_BeatsRandomSetsInTheMean()
    {
        var (chosen, random) = (0.0, 0.0);
        for (ulong trial = 0; trial < 30; trial++)
        {
            var gradients = Gradients(60, 16, trial);
            chosen += NormOf(gradients, ReplayReserve.ByGradientSum(gradients, 20));
            random += NormOf(gradients, ReplayReserve.AtRandom([.. Enumerable.Range(0, 60)], 20, trial, 1));
        }

        Assert.InRange(chosen, 0, 0.5 * random);
    }

    [Fact]
    public void ByGradientSum_TheOnlyPairThatCancels_IsFound() =>
        Assert.Equal([1, 3], ReplayReserve.ByGradientSum([[4, 1, 0], [2, -1, 0], [1, 5, 3], [-2, 1, 0], [3, 3, 3]], 2));

    [Fact]
    public void Relaxed_ManyAtRightAnglesToTheLongest_DoesNotDiverge()
    {
        // 100 short gradients and their opposites against a single long one: the step must fit the many.
        double[][] gradients = [[3, 0], .. Enumerable.Range(0, 100).Select(i => new double[] { 0, i < 60 ? 2 : -2 })];

        Assert.InRange(Squared(ReplayReserve.SumOf(gradients, ReplayReserve.Relaxed(gradients, 60))), 0, 1e-3);
    }

    [Fact]
    public void ByGradientSum_NoneAllOrNoDifference_KeepsTheFirst()
    {
        Assert.Empty(ReplayReserve.ByGradientSum([[1], [2]], 0));
        Assert.Equal([0, 1], ReplayReserve.ByGradientSum([[1], [2]], 5));
        Assert.Equal([0, 1], ReplayReserve.ByGradientSum([[0], [0], [0]], 2));
        Assert.Empty(ReplayReserve.ByGradientSum([], 3));
    }

    [Fact]
    public void ByGradientSum_GradientsThatCannotBeAdded_AreRefused()
    {
        Assert.StartsWith(
            "Gradient 1 has 2 values and gradient 0 has 1: give all of one length.",
            Assert.Throws<ArgumentException>(() => ReplayReserve.ByGradientSum([[1], [1, 2]], 1)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "Gradient 1 is not finite: leave its example out.",
            Assert.Throws<ArgumentException>(() => ReplayReserve.ByGradientSum([[1], [double.NaN]], 1)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AtRandom_ManyDevices_KeepsEveryExampleEquallyOften()
    {
        var times = new int[20];
        for (ulong device = 0; device < 8_000; device++)
        {
            foreach (var index in ReplayReserve.AtRandom([.. Enumerable.Range(0, 20)], 5, 3, DevicePosition.OfIndex(device)))
            {
                times[index]++;
            }
        }

        // A quarter of 8,000 each, with a standard deviation of √(8,000·¼·¾) ≈ 39.
        Assert.All(times, count => Assert.InRange(count, 2_000 - (4 * 39), 2_000 + (4 * 39)));
    }

    [Fact]
    public void AtRandom_ReserveOfAReserveAndArrivals_IsAReserveOfAll() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 9]).Sample((first, second, keep) =>
        {
            long[] all = [.. Enumerable.Range(0, first + second)];
            long[] kept = [.. ReplayReserve.AtRandom(all.AsSpan(0, first), keep, 3, 4).Select(index => all[index])];
            long[] later = [.. kept, .. all[first..]];

            Assert.Equal(
                ReplayReserve.AtRandom(all, keep, 3, 4).Select(index => all[index]),
                ReplayReserve.AtRandom(later, keep, 3, 4).Select(index => later[index]));
        });

    private static double[][] Gradients(int count, int dimensions, ulong trial)
    {
        var random = Prf.Sequence(trial, Purpose.Activity);
        var gradients = new double[count][];
        for (var i = 0; i < count; i++)
        {
            gradients[i] = new double[dimensions];
            for (var j = 0; j < dimensions; j++)
            {
                gradients[i][j] = 0.5 + random.NextGaussian();
            }
        }

        return gradients;
    }

    private static double NormOf(double[][] gradients, int[] chosen) =>
        Squared(ReplayReserve.SumOf(gradients, [.. gradients.Select((_, index) => chosen.Contains(index) ? 1.0 : 0)]));

    private static double BestOf(double[][] gradients, int keep) => Enumerable.Range(0, 1 << gradients.Length)
        .Where(set => int.PopCount(set) == keep)
        .Min(set => Squared(ReplayReserve.SumOf(gradients, [.. gradients.Select((_, index) => (double)((set >> index) & 1))])));

    private static double Squared(double[] vector) => vector.Sum(value => value * value);
}
