using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Randomness;

public sealed class PrfTests
{
    private const int Bins = 256;
    private const int Values = Bins * 400;

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    [InlineData(56)]
    public void Value_CountingCoordinates_FillsAllBinsEvenly(int shift)
    {
        foreach (var value in new Func<ulong, ulong>[]
        {
            i => Prf.Value(i, Purpose.SelectionDraw),
            i => Prf.Value(1, Purpose.SelectionDraw, i),
            i => Prf.Value(1, Purpose.SelectionDraw, 0, i),
            i => Prf.Value(1, Purpose.SelectionDraw, 0, 0, i),
        })
        {
            var counts = new int[Bins];
            for (var i = 0UL; i < Values; i++)
            {
                counts[(value(i) >> shift) & (Bins - 1)]++;
            }

            Statistics.AssertUniform(counts);
        }
    }

    [Fact]
    public void Value_OneCoordinateChanged_ChangesTheValue()
    {
        ulong[] values =
        [
            Prf.Value(1, Purpose.Activity), Prf.Value(2, Purpose.Activity), Prf.Value(1, Purpose.HeldOut), Prf.Value(1, Purpose.Activity, 1),
            Prf.Value(1, Purpose.Activity, 0, 1), Prf.Value(1, Purpose.Activity, 0, 0, 1), Prf.Value(1, Purpose.Activity, 1, 1),
        ];

        Assert.Equal(values.Length, values.Distinct().Count());
        Assert.Equal(values[0], Prf.Value(1, Purpose.Activity));
    }

    [Fact]
    public void Value_OneInputBitFlipped_FlipsHalfOfTheOutputBits()
    {
        var flipped = 0;
        for (var i = 0UL; i < 1_000; i++)
        {
            for (var bit = 0; bit < 64; bit++)
            {
                var difference = Prf.Value(1, Purpose.Activity, i) ^ Prf.Value(1, Purpose.Activity, i ^ (1UL << bit));
                flipped += (int)ulong.PopCount(difference);
            }
        }

        // 64,000 differences of 64 fair bits: the standard error is √(4,096,000)/2 = 1,012.
        Assert.InRange(flipped, 2_048_000 - 4_048, 2_048_000 + 4_048);
    }

    [Fact]
    public void Mix_DifferentValues_StayDifferent() =>
        Assert.Equal(100_000, Enumerable.Range(0, 100_000).Select(i => Prf.Mix((ulong)i)).Distinct().Count());
}
