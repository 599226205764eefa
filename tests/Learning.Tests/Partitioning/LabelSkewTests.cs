using Sheaf.Learning.Partitioning;

namespace Sheaf.Learning.Tests.Partitioning;

public sealed class LabelSkewTests
{
    [Fact]
    public void MeanPairwiseJensenShannon_SameSharesOfDifferentSizes_IsZero() =>
        Assert.Equal(0, LabelSkew.MeanPairwiseJensenShannon([[1, 3], [10, 30], [5, 15]]), precision: 12);

    [Fact]
    public void MeanPairwiseJensenShannon_DisjointLabels_IsOne() =>
        Assert.Equal(1, LabelSkew.MeanPairwiseJensenShannon([[4, 0, 0], [0, 1, 1], [0, 0, 0]]), precision: 12);

    [Fact]
    public void MeanPairwiseJensenShannon_ThreeDevices_IsTheMeanByHand()
    {
        // (1, 0) against (0, 1) is 1 bit. Either against (1/2, 1/2): the mean is (3/4, 1/4), its entropy 2 − 3/4·log₂3, less half of 1 bit.
        var half = 1.5 - (0.75 * Math.Log2(3));

        Assert.Equal((1 + half + half) / 3, LabelSkew.MeanPairwiseJensenShannon([[2, 0], [0, 7], [3, 3]]), precision: 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void MeanPairwiseJensenShannon_NoPairOfDevicesWithRows_IsZero(int rows) =>
        Assert.Equal(0, LabelSkew.MeanPairwiseJensenShannon([[rows, 0], [0, 0]]));
}
