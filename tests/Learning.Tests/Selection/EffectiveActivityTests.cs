using CsCheck;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class EffectiveActivityTests
{
    [Theory]
    [InlineData(new[] { 8, 4, 2 }, 0.5, 6)] // 2 + 2 + 2
    [InlineData(new[] { 8, 4, 2 }, 1, 14)]
    [InlineData(new[] { 8, 4, 2 }, 0, 2)]
    [InlineData(new[] { 3, 0, 0 }, 0.5, 1)] // 0.75
    [InlineData(new[] { 1, 0, 0 }, 0.5, 0)] // 0.25
    [InlineData(new int[0], 0.5, 0)]
    public void Decayed_ByHand_SumsWhatIsLeft(int[] counts, double decay, int expected) =>
        Assert.Equal(expected, EffectiveActivity.Decayed(counts, decay));

    [Fact]
    public void Decayed_AnyCounts_IsTheFormulaAndAtMostTheirSum() =>
        Gen.Select(Gen.Int[0, 2000].Array[0, 12], Gen.Double[0, 1]).Sample((counts, decay) =>
        {
            var effective = EffectiveActivity.Decayed(counts, decay);

            var formula = counts.Select((count, period) => count * Math.Pow(decay, counts.Length - 1 - period)).Sum();
            Assert.InRange(effective, formula - 0.5000001, formula + 0.5000001);
            Assert.InRange(effective, 0, counts.Sum());
        });

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Decayed_ADecayOutOfRange_IsRefused(double decay) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EffectiveActivity.Decayed([1], decay));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(7, 4)]
    [InlineData(8, 8)]
    [InlineData(int.MaxValue, 1 << 30)]
    public void Bucketed_ByHand_IsThePowerOfTwoBelow(int activity, int expected) => Assert.Equal(expected, EffectiveActivity.Bucketed(activity));
}
