using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class ZipfActivityTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(1.7)]
    public void ExpectedOf_WithoutCap_FallsAsAPowerOfTheRank(double exponent)
    {
        var activity = new ZipfActivity(devices: 1000, exponent, mean: 10, max: 1e9);

        Assert.Equal(Math.Pow(10, exponent), activity.ExpectedOf(1) / activity.ExpectedOf(10), precision: 9);
        Assert.Equal(Math.Pow(5, exponent), activity.ExpectedOf(200) / activity.ExpectedOf(1000), precision: 9);
    }

    [Theory]
    [InlineData(1, 1.0, 5.0, 100)]
    [InlineData(1000, 1.0, 13.0, 2000)]
    [InlineData(1000, 1.0, 13.0, 100)]
    [InlineData(1000, 0.8, 3.5, 20)]
    [InlineData(50_000, 1.0, 13.0, 2000)]
    [InlineData(50_000, 1.3, 1.0, 500)]
    [InlineData(50_000, 0.5, 13.0, 1_000_000)]
    [InlineData(50_000, 0.0, 13.0, 2000)]
    [InlineData(300, 2.0, 20.0, 20)]
    public void ExpectedOf_OverAllRanks_HasTheMeanAskedForAndKeepsTheMaximum(int devices, double exponent, double mean, int max)
    {
        var activity = new ZipfActivity(devices, exponent, mean, max);

        var all = Enumerable.Range(1, devices).Select(rank => activity.ExpectedOf(rank)).ToArray();

        Assert.InRange(all.Average(), mean * (1 - 1e-9), mean * (1 + 1e-9));
        Assert.True(all.Max() <= max);
    }

    [Fact]
    public void ExpectedOf_ByHand_ThreeDevices()
    {
        // 1 + 1/2 + 1/3 = 11/6; a mean of 11 gives 33 examples: 18 + 9 + 6.
        var activity = new ZipfActivity(devices: 3, exponent: 1, mean: 11, max: 100);

        Assert.Equal([18.0, 9.0, 6.0], new long[] { 1, 2, 3 }.Select(rank => Math.Round(activity.ExpectedOf(rank), 9)));
    }

    [Fact]
    public void ExpectedOf_WithCap_SpreadsTheRestByRank()
    {
        // Capped at 15, ranks 2 and 3 share the other 18 as 1/2 to 1/3: 10.8 + 7.2.
        var activity = new ZipfActivity(devices: 3, exponent: 1, mean: 11, max: 15);

        Assert.Equal([15.0, 10.8, 7.2], new long[] { 1, 2, 3 }.Select(rank => Math.Round(activity.ExpectedOf(rank), 9)));
    }
}
