using Sheaf.Learning.Rounds;

namespace Sheaf.Learning.Tests.Rounds;

public sealed class KeptRoundsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(100)]
    public void After_AnyNumberOfRounds_KeepsEvenlySpacedOnesWithinTheBound(int most)
    {
        var kept = KeptRounds.None;
        for (var round = 1; round <= 500; round++)
        {
            kept = kept.After(round, most);

            Assert.InRange(kept.Rounds.Length, 0, most);
            Assert.Equal(Enumerable.Range(1, round).Where(each => each % kept.Spacing == 0), kept.Rounds);
            // However far back one must go, it is not much further than with the best spacing.
            var furthest = round - kept.Rounds.LastOrDefault();
            Assert.True(furthest < 2 * Math.Ceiling((double)round / most), $"{furthest} rounds back from round {round}.");
        }
    }

    [Fact]
    public void After_NoneMayBeKept_KeepsNone()
    {
        Assert.Equal(KeptRounds.None, KeptRounds.None.After(1, 3).After(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeptRounds.None.After(1, -1));
    }
}
