using CsCheck;
using Sheaf.Learning.Partitioning;

namespace Sheaf.Learning.Tests.Partitioning;

public sealed class PartitionerTests
{
    private const int Devices = 100;

    // As many rows as SNIPS has to train on, in 7 balanced classes.
    private static readonly long[] Balanced = [1869, 1869, 1869, 1869, 1869, 1869, 1870];

    private static readonly Gen<IPartitioner> Partitioners = Gen.OneOf(
        Gen.Const<IPartitioner>(new IidPartitioner()),
        Gen.Double[0.01, 100].Select(alpha => (IPartitioner)new LabelDirichletPartitioner(alpha)),
        Gen.Double[0.01, 100].Select(beta => (IPartitioner)new QuantityDirichletPartitioner(beta)),
        Gen.Double[0, 4].Select(exponent => (IPartitioner)new ZipfPartitioner(exponent)));

    [Fact]
    public void Build_AnyPartitioner_GivesEveryRowToOneDeviceAndSaysHowManyEachHas() =>
        Gen.Select(Partitioners, Gen.Long[0, 60].Array[1, 12].Where(counts => counts.Sum() > 0), Gen.Int[1, 40], Gen.ULong).Sample((partitioner, counts, devices, seed) =>
        {
            devices = (int)Math.Min(devices, counts.Sum());

            var partition = partitioner.Build(counts, devices, seed);

            var byDevice = LabelSkew.CountsOf(partition, counts);
            Assert.Equal(devices, partition.Sizes.Count);
            Assert.Equal(counts.Sum(), partition.Sizes.Sum());
            Assert.Equal(partition.Sizes, byDevice.Select(row => row.Sum()));
        });

    [Fact]
    public void Build_SameSeed_GivesTheSamePartitionAndAnotherSeedAnother()
    {
        IPartitioner[] partitioners =
            [new IidPartitioner(), new LabelDirichletPartitioner(1), new QuantityDirichletPartitioner(5), new ZipfPartitioner(1)];
        foreach (var partitioner in partitioners)
        {
            var first = AllDevices(partitioner, seed: 1);

            Assert.Equal(first, AllDevices(partitioner, seed: 1));
            Assert.NotEqual(first, AllDevices(partitioner, seed: 2));
        }
    }

    [Fact]
    public void Build_Iid_GivesSizesThatDifferByOneAtMost()
    {
        var sizes = new IidPartitioner().Build([5, 6], 4, seed: 1).Sizes;

        Assert.Equal([3, 3, 3, 2], sizes);
    }

    [Fact]
    public void Build_LabelDirichlet_GivesEqualSizesAndTheRestToTheLastDevice()
    {
        var sizes = new LabelDirichletPartitioner(0.1).Build([7, 9, 7], 5, seed: 1).Sizes;

        Assert.Equal([4, 4, 4, 4, 7], sizes);
    }

    [Fact]
    public void Build_LabelDirichletOfHugeConcentration_GivesEveryDeviceThePrior()
    {
        // Ten devices of 20 rows; 5, 10 and 5 are the labels' shares of 20, and rounding never moves one of them by more than 1.
        long[] counts = [50, 100, 50];

        var byDevice = LabelSkew.CountsOf(new LabelDirichletPartitioner(1e12).Build(counts, 10, seed: 3), counts);

        Assert.All(byDevice, row => Assert.Equal([5, 10, 5], row));
    }

    [Fact]
    public void Build_LabelDirichletOfTinyConcentration_GivesTheFirstDeviceOneLabel()
    {
        var byDevice = LabelSkew.CountsOf(new LabelDirichletPartitioner(0.001).Build(Balanced, Devices, seed: 4), Balanced);

        Assert.Equal(130, byDevice[0].Max());
    }

    [Fact]
    public void Build_LabelThatRunsOut_IsReplacedByTheOthersInProportion()
    {
        // One of the labels is nearly everything that a device wants (20 rows), but has fewer; which one is decided by the seed.
        long[] counts = [10, 20, 10];
        var found = Enumerable.Range(0, 100).Select(seed => LabelSkew.CountsOf(new LabelDirichletPartitioner(1e-6).Build(counts, 2, (ulong)seed), counts)[0]).ToList();

        // 20 of the first: its 10, and the other 10 from 20 and 10 left, 6⅔ and 3⅓.
        Assert.Contains(found, row => row is [10, 7, 3]);
        Assert.Contains(found, row => row is [0, 20, 0]);
        Assert.Contains(found, row => row is [3, 7, 10]);
        Assert.Equal(3, found.Select(row => string.Join(' ', row)).Distinct().Count());
    }

    [Fact]
    public void Build_Zipf_GivesSizesInProportionToAPowerOfTheRank()
    {
        // 1 + 1/2 + 1/3 + 1/6 is 2, but ranks are 1, 2, 3, 4: 12 + 6 + 4 + 3 of 25 parts of 100 rows.
        Assert.Equal([48, 24, 16, 12], new ZipfPartitioner(1).Build([40, 60], 4, seed: 1).Sizes);
        Assert.Equal([25, 25, 25, 25], new ZipfPartitioner(0).Build([40, 60], 4, seed: 1).Sizes);
    }

    [Fact]
    public void Build_QuantityDirichlet_GivesSharesWithTheVarianceOfADirichlet()
    {
        // A share of Dir(β, …, β) over N has mean 1/N and variance (N − 1)/(N²·(Nβ + 1)); the sample variance of N values is within
        // 4·√(κ/N) of it, κ = 2 + 6/β being the kurtosis of a Gamma variate less 1.
        const double beta = 5;
        var rows = Balanced.Sum() * 1000;

        var sizes = new QuantityDirichletPartitioner(beta).Build([rows], Devices, seed: 5).Sizes;

        var shares = sizes.Select(size => (double)size / rows * Devices).ToArray();
        var variance = shares.Average(share => (share - 1) * (share - 1));
        var expected = (Devices - 1) / ((Devices * beta) + 1);
        var error = 4 * Math.Sqrt((2 + (6 / beta)) / Devices);
        Assert.InRange(variance / expected, 1 - error, 1 + error);
    }

    [Theory]
    [InlineData(0.1, 0.829)]
    [InlineData(0.5, 0.745)]
    [InlineData(1, 0.646)]
    [InlineData(5, 0.326)]
    [InlineData(10, 0.207)]
    [InlineData(100, 0.027)]
    [InlineData(1e6, 0.004)]
    public void Build_LabelDirichletOfSevenBalancedLabels_DivergesAsMeasuredBefore(double alpha, double expected) =>
        Assert.InRange(MeanDivergence(new LabelDirichletPartitioner(alpha)), expected - 0.03, expected + 0.03);

    [Fact]
    public void Build_LabelDirichlet_DivergesLessWithEveryStepOfConcentration()
    {
        var divergences = new[] { 0.1, 0.5, 1, 5, 10, 100, 1e6 }.Select(alpha => MeanDivergence(new LabelDirichletPartitioner(alpha))).ToArray();

        Assert.Equal(divergences.OrderDescending(), divergences);
        Assert.Equal(divergences.Length, divergences.Distinct().Count());
    }

    [Fact]
    public void Build_Iid_DivergesByChanceAlone()
    {
        // For two samples of m rows and L labels, the divergence is χ²/(8·m·ln 2) to the first order, χ² having mean 2·(L − 1); m = 130 or 131.
        var expected = 2.0 * 6 / (8 * (Balanced.Sum() / (double)Devices) * Math.Log(2));

        Assert.InRange(MeanDivergence(new IidPartitioner()), expected * 0.85, expected * 1.15);
        Assert.InRange(MeanDivergence(new QuantityDirichletPartitioner(5)), expected, 0.05);
    }

    [Fact]
    public void Build_MoreDevicesThanRows_SaysHowManyThereAre()
    {
        var error = Assert.Throws<ArgumentException>(() => new IidPartitioner().Build([1, 2], 4, seed: 1));

        Assert.StartsWith("3 rows are too few for 4 devices. Use at most one device for each row.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceOf_RowThatDoesNotExist_IsRefused()
    {
        foreach (var partitioner in new IPartitioner[] { new IidPartitioner(), new LabelDirichletPartitioner(1) })
        {
            var partition = partitioner.Build([2, 0], 2, seed: 1);

            Assert.Throws<ArgumentOutOfRangeException>(() => partition.DeviceOf(0, 2));
            Assert.Throws<ArgumentOutOfRangeException>(() => partition.DeviceOf(0, -1));
            Assert.Throws<ArgumentOutOfRangeException>(() => partition.DeviceOf(1, 0));
            Assert.Throws<ArgumentOutOfRangeException>(() => partition.DeviceOf(2, 0));
        }
    }

    private static double MeanDivergence(IPartitioner partitioner) =>
        LabelSkew.MeanPairwiseJensenShannon(LabelSkew.CountsOf(partitioner.Build(Balanced, Devices, seed: 1), Balanced));

    private static int[] AllDevices(IPartitioner partitioner, ulong seed)
    {
        long[] counts = [300, 200];
        var partition = partitioner.Build(counts, 10, seed);
        return [.. counts.SelectMany((count, label) => Enumerable.Range(0, (int)count).Select(ordinal => partition.DeviceOf(label, ordinal)))];
    }
}
