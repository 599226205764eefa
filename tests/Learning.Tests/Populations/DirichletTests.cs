using Sheaf.Learning.Populations;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Populations;

public sealed class DirichletTests
{
    private const int Draws = 40_000;

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.9)]
    [InlineData(1.0)]
    [InlineData(3.5)]
    [InlineData(40.0)]
    public void LogGamma_ManyDraws_HaveTheMeanAndVarianceOfAGammaVariate(double shape)
    {
        var random = Prf.Sequence(11, Purpose.LabelSkew, (ulong)(shape * 10));

        var values = new double[Draws];
        for (var i = 0; i < Draws; i++)
        {
            values[i] = Math.Exp(Dirichlet.LogGamma(shape, ref random));
        }

        // Mean = variance = shape; the fourth central moment is 3·shape² + 6·shape.
        var mean = values.Average();
        var variance = values.Average(v => (v - shape) * (v - shape));
        Assert.InRange(mean - shape, -4 * Math.Sqrt(shape / Draws), 4 * Math.Sqrt(shape / Draws));
        var error = Math.Sqrt(((2 * shape * shape) + (6 * shape)) / Draws);
        Assert.InRange(variance - shape, -4 * error, 4 * error);
    }

    [Fact]
    public void LogGamma_TinyShape_StaysFinite()
    {
        var random = Prf.Sequence(12, Purpose.LabelSkew);

        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(double.IsFinite(Dirichlet.LogGamma(1e-6, ref random)));
        }
    }

    [Fact]
    public void Normalize_LogarithmsFarBelowZero_SumToOneInProportion()
    {
        double[] logs = [-5000, -5000 + Math.Log(3), double.NegativeInfinity];

        Dirichlet.Normalize(logs);

        Assert.Equal(0.25, logs[0], precision: 12);
        Assert.Equal(0.75, logs[1], precision: 12);
        Assert.Equal(0, logs[2]);
    }
}
