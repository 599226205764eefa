using Sheaf.Grains.Training;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Tests.Training;

public sealed class DeviceResultTests
{
    // 200,000 words of 7 nats are more than any one example may lose.
    [Theory]
    [InlineData(1, 7.0)]
    [InlineData(200_000, 1_400_000.0)]
    public void Of_Evaluation_KeepsTheWholeLoss(int examples, double sum)
    {
        var result = DeviceResult.Of(new EvaluationOutcome(examples, 0, sum));

        Assert.Equal(sum, DeviceResult.ToNats(result.LossUnits), 6);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    [InlineData(1e300)]
    public void Of_EvaluationThatDiverged_IsAsBadAsAnyExampleCanBe(double sum)
    {
        var result = DeviceResult.Of(new EvaluationOutcome(3, 0, sum));

        Assert.Equal(3e6, DeviceResult.ToNats(result.LossUnits), 6);
    }
}
