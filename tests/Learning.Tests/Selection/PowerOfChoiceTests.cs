using CsCheck;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class PowerOfChoiceTests
{
    [Fact]
    public void Keep_ByHand_TakesTheUnknownThenTheLargestLosses() => Assert.Equal(
        [2, 1, 3], PowerOfChoice.Keep([new(9, 0.1), new(8, 2.5), new(7, null), new(6, 2.4), new(5, -1)], cohort: 3, seed: 1, round: 1));

    [Fact]
    public void Keep_AnyCandidates_KeepsNoneThatIsWorseThanOneLeftOut() =>
        Gen.Select(Gen.Double[0, 5].Nullable().Array[0, 30], Gen.Int[1, 35], Gen.ULong).Sample((losses, cohort, seed) =>
        {
            var candidates = losses.Select((loss, i) => new ChoiceCandidate((ulong)i, loss)).ToArray();
            var kept = PowerOfChoice.Keep(candidates, cohort, seed, 3);

            Assert.Equal(Math.Min(cohort, losses.Length), kept.Distinct().Count());
            var left = Enumerable.Range(0, losses.Length).Except(kept).Select(i => losses[i] ?? double.PositiveInfinity);
            Assert.All(left, loss => Assert.All(kept, i => Assert.True((losses[i] ?? double.PositiveInfinity) >= loss)));

            // The order of the candidates makes no difference.
            new PrfSequence(seed).Shuffle<ChoiceCandidate>(candidates);
            Assert.Equal(kept.Select(i => (ulong)i), PowerOfChoice.Keep(candidates, cohort, seed, 3).Select(i => candidates[i].Position));
        });

    [Fact]
    public void Keep_EqualLosses_PrefersNoPosition()
    {
        var candidates = Enumerable.Range(0, 10).Select(i => new ChoiceCandidate((ulong)i, 1)).ToArray();
        var times = new int[10];
        foreach (var index in Enumerable.Range(1, 5_000).SelectMany(round => PowerOfChoice.Keep(candidates, 2, 1, round)))
        {
            times[index]++;
        }

        // 1,000 each, with a standard deviation of √(5,000·0.2·0.8) ≈ 28.
        Assert.All(times, count => Assert.InRange(count, 1_000 - (4 * 28), 1_000 + (4 * 28)));
    }

    [Fact]
    public void Keep_ALossThatIsNotANumber_CountsAsInfinite() =>
        Assert.Equal([1], PowerOfChoice.Keep([new(1, 1e300), new(2, double.NaN)], 1, 1, 1));

    [Fact]
    public void CandidatesOf_FewerThanTheCohort_SaysHowManyAreNeeded()
    {
        var spec = new SelectionSpec { Cohort = 10, Floor = 0.1 };

        Assert.Equal(spec with { Cohort = 30 }, PowerOfChoice.CandidatesOf(spec, 30));
        Assert.StartsWith(
            "Draw at least as many candidates as are to be kept, 10.",
            Assert.Throws<ArgumentOutOfRangeException>(() => PowerOfChoice.CandidatesOf(spec, 9)).Message,
            StringComparison.Ordinal);
    }
}
