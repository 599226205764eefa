using CsCheck;
using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class HeldOutSplitTests
{
    [Theory]
    [InlineData("Turn on  the\tLIGHT ")]
    [InlineData("  turn on the light")]
    [InlineData("TURN ON THE LIGHT\n")]
    public void IsHeldOut_OtherCaseAndSpacing_IsTheSameText(string text)
    {
        for (ulong salt = 0; salt < 100; salt++)
        {
            var split = new HeldOutSplit(salt, 0.5);
            Assert.Equal(split.IsHeldOut("turn on the light"), split.IsHeldOut(text));
        }
    }

    [Fact]
    public void IsHeldOut_LongTexts_AreNormalisedAlike() =>
        Gen.Select(Gen.Char.AlphaNumeric.Array[1, 900], Gen.ULong).Sample((letters, salt) =>
        {
            var split = new HeldOutSplit(salt, 0.5);
            var text = new string(letters);
            Assert.Equal(split.IsHeldOut($"{text} ü"), split.IsHeldOut($" {text.ToUpperInvariant()} \u2003 Ü "));
        }, iter: 300);

    [Theory]
    [InlineData("turn on the light", "turn on thelight")]
    [InlineData("turn on the light", "turn on the lights")]
    public void IsHeldOut_AnotherText_IsDecidedOnItsOwn(string one, string two)
    {
        var differ = Enumerable.Range(0, 1000).Count(salt =>
        {
            var split = new HeldOutSplit((ulong)salt, 0.5);
            return split.IsHeldOut(one) != split.IsHeldOut(two);
        });

        Assert.InRange(differ, 500 - (4 * Math.Sqrt(250)), 500 + (4 * Math.Sqrt(250)));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.9)]
    public void IsHeldOut_ManyTexts_HoldsOutTheFraction(double fraction)
    {
        var split = new HeldOutSplit(salt: 3, fraction);

        var heldOut = Enumerable.Range(0, 20_000).Count(i => split.IsHeldOut($"sentence number {i}"));

        var error = Math.Sqrt(20_000 * fraction * (1 - fraction));
        Assert.InRange(heldOut, (20_000 * fraction) - (4 * error), (20_000 * fraction) + (4 * error));
    }

    [Fact]
    public void IsHeldOut_FractionZero_IsNever()
    {
        var split = new HeldOutSplit(salt: 3, fraction: 0);

        Assert.DoesNotContain(Enumerable.Range(0, 5000), i => split.IsHeldOut($"{i}"));
    }

    [Fact]
    public void IsHeldOut_GrowingFraction_OnlyAddsTexts()
    {
        var (small, large) = (new HeldOutSplit(8, 0.1), new HeldOutSplit(8, 0.3));

        Assert.All(Enumerable.Range(0, 5000).Where(i => small.IsHeldOut($"{i}")), i => Assert.True(large.IsHeldOut($"{i}")));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Constructor_FractionOutOfRange_SaysWhatToChoose(double fraction)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new HeldOutSplit(1, fraction));

        Assert.Contains("from 0 (nothing) to below 1", error.Message, StringComparison.Ordinal);
    }
}
