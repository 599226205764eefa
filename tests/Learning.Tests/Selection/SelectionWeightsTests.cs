using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class SelectionWeightsTests
{
    // 1, 1, 1, 1, 2, 2, 3, 5, 8 and two devices without activity.
    private static readonly ActivityHistogram Histogram = ActivityHistogram.Of([1, 8, 1, 0, 2, 5, 1, 3, 2, 1, 0]);

    [Fact]
    public void WeightOf_Log_IsTheLogarithmOfOneMore()
    {
        Assert.Equal(0, new LogWeights().WeightOf(0));
        Assert.Equal(0.693147, new LogWeights().WeightOf(1), 1e-6);
        Assert.Equal(2.302585, new LogWeights().WeightOf(9), 1e-6);
        Assert.Equal(21.487563, new LogWeights().WeightOf(int.MaxValue), 1e-6);
    }

    [Theory]
    [InlineData(0.01, 8)]
    [InlineData(0.12, 5)] // 9 · 0.12 = 1.08 devices: one is not enough.
    [InlineData(0.3, 3)]
    [InlineData(0.4, 2)] // 3.6 devices: both of activity 2 come along.
    [InlineData(0.6, 1)]
    [InlineData(1, 1)]
    public void Resolve_TopQ_KeepsAtLeastTheShareAndAllOfTheLastActivity(double share, int threshold)
    {
        var weights = new TopQWeights(share).Resolve(Histogram);

        Assert.Equal(new TopQWeights(share, threshold), weights);
        Assert.True(weights.IsResolved);
        Assert.Equal((0.0, 1.0), (weights.WeightOf(threshold - 1), weights.WeightOf(threshold)));
        Assert.Equal(0, weights.WeightOf(0));
    }

    [Fact]
    public void Resolve_Softmax_DividesByTheLargestActivity()
    {
        var weights = new SoftmaxWeights(2).Resolve(Histogram);

        Assert.Equal(new SoftmaxWeights(2, 8), weights);
        Assert.Equal(0, weights.WeightOf(0));
        Assert.Equal(Math.E, weights.WeightOf(4), 1e-12);
        Assert.Equal(Math.E * Math.E, weights.WeightOf(8), 1e-12);
    }

    [Fact]
    public void WeightOf_NotResolved_SaysWhatIsMissing()
    {
        var top = Assert.Throws<InvalidOperationException>(() => new TopQWeights(0.5).WeightOf(1));
        var softmax = Assert.Throws<InvalidOperationException>(() => new SoftmaxWeights(1).WeightOf(1));

        Assert.Equal("The threshold of 'top-q' is not known yet: resolve it with the population's activity.", top.Message);
        Assert.Equal("The largest activity of 'softmax' is not known yet: resolve it with the population's activity.", softmax.Message);
        Assert.Equal((false, false, true), (new TopQWeights(0.5).IsResolved, new SoftmaxWeights(1).IsResolved, ((ISelectionWeights)new LogWeights()).IsResolved));
    }

    [Fact]
    public void Resolve_NobodyActive_GivesWeightsAllTheSame()
    {
        var nobody = ActivityHistogram.Of([0, 0]);

        Assert.Equal(new TopQWeights(0.5, 1), new TopQWeights(0.5).Resolve(nobody));
        Assert.Equal(new SoftmaxWeights(1, 1), new SoftmaxWeights(1).Resolve(nobody));
    }
}
