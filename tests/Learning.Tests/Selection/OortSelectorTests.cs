using CsCheck;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class OortSelectorTests
{
    private static readonly OortSpec Exploiting = new() { ExplorationStart = 0, ExplorationLeast = 0, PreferredPercentile = 100 };

    private static readonly Gen<OortCandidate[]> Candidates =
        Gen.Select(Gen.Int[0, 50], Gen.Bool, Gen.Double[0, 9], Gen.Int[1, 20], Gen.Int[0, 9]).Array[0, 60].Select(all => all
            .Select((each, i) => new OortCandidate(
                (ulong)i, each.Item1, each.Item2 ? new OortReport(each.Item3, each.Item4, TimeSpan.FromSeconds(each.Item5)) : null)).ToArray());

    private static readonly Gen<OortSpec> Specs =
        from cohort in Gen.Int[1, 30]
        from floor in Gen.Double[0, 0.5]
        from cap in Gen.Double[0.2, 1]
        select new OortSpec { Cohort = cohort, Floor = floor, InclusionMax = cap };

    [Fact]
    public void Select_AnyCandidates_IsACohortThatTheirOrderDoesNotChange() =>
        Gen.Select(Specs, Candidates, Gen.Int[1, 60], Gen.ULong).Sample((spec, candidates, round, seed) =>
        {
            var selector = new OortSelector(spec);
            var cohort = selector.Select(candidates, OortPacer.Start(spec), round, seed);

            var all = cohort.All.ToArray();
            Assert.Equal(all.Length, all.Distinct().Count());
            Assert.True(all.Length <= spec.Cohort);
            Assert.All(all, index => Assert.True(candidates[index].Activity > 0));
            Assert.All(cohort.Exploited, index => Assert.NotNull(candidates[index].Last));
            Assert.All(cohort.Explored, index => Assert.Null(candidates[index].Last));
            var shuffled = candidates.ToArray();
            new PrfSequence(seed).Shuffle<OortCandidate>(shuffled);
            var again = selector.Select(shuffled, OortPacer.Start(spec), round, seed);
            Assert.Equal(all.Select(index => candidates[index].Position), again.All.Select(index => shuffled[index].Position));
        }, iter: 500);

    [Fact]
    public void Select_NoCap_FillsTheCohortFromWhoeverIsActive() =>
        Gen.Select(Candidates, Gen.Int[1, 60], Gen.Int[1, 60]).Sample((candidates, cohort, round) =>
        {
            var spec = new OortSpec { Cohort = cohort };

            var selected = new OortSelector(spec).Select(candidates, OortPacer.Start(spec), round, 1);

            Assert.Equal(Math.Min(cohort, candidates.Count(each => each.Activity > 0)), selected.All.Count());
        });

    [Theory]
    [InlineData(1, 0.855)]
    [InlineData(2, 0.81225)]
    [InlineData(29, 0.2033)]
    [InlineData(30, 0.2)]
    [InlineData(1_000_000, 0.2)]
    public void ExplorationOf_Defaults_DecaysFromNineTenthsToTwo(int round, double expected) =>
        Assert.Equal(expected, new OortSelector(new OortSpec()).ExplorationOf(round), 1e-4);

    [Fact]
    public void Select_FirstRounds_ExploreAsManyAsEpsilonSays()
    {
        // Half of 200 devices have taken part. In round 1 ε = 0.855: ⌊20·0.145⌋ = 2 places exploit.
        var candidates = Enumerable.Range(0, 200).Select(i => new OortCandidate((ulong)i, 10, i < 100 ? new OortReport(1, 1, default) : null)).ToArray();
        var spec = new OortSpec { Cohort = 20 };

        var cohort = new OortSelector(spec).Select(candidates, OortPacer.Start(spec), 1, 1);

        Assert.Equal((2, 18), (cohort.Exploited.Count, cohort.Explored.Count));
    }

    [Fact]
    public void Select_Exploiting_DrawsInProportionToTheScoreAboveTheCutOff()
    {
        // Round 1: no uncertainty. Utilities 0, 6, 8, 10 make scores of 0, 0.6, 0.8, 1; one place; the second score is 0.8, so the cut-off is 0.56.
        var candidates = new[] { 0.0, 6, 8, 10 }.Select((u, i) => new OortCandidate((ulong)i, 10, new OortReport(u, 1, default))).ToArray();

        var times = Times(Exploiting with { Cohort = 1 }, candidates, seeds: 6_000);

        Assert.Equal(0, times[0]);
        AssertShares(times, 6_000, [0, 0.25, 0.8 / 2.4, 1 / 2.4]);
    }

    [Fact]
    public void Select_Exploring_DrawsInProportionToSizeWithinTheWindow()
    {
        // One place: the window has the five largest; 900 examples count as the 400 that a round uses.
        var candidates = new[] { 100, 900, 50, 200, 200, 100 }.Select((n, i) => new OortCandidate((ulong)i, n, null)).ToArray();

        var times = Times(Exploiting with { Cohort = 1, ExamplesPerRoundMax = 400 }, candidates, seeds: 6_000);

        AssertShares(times, 6_000, [0.1, 0.4, 0, 0.2, 0.2, 0.1]);
    }

    [Fact]
    public void Select_OnesNotSeenForLong_ComeBack()
    {
        // Equal utilities: only √(0.1·ln 100/last) tells them apart, 0.679 after round 1 and 0.068 after round 99.
        var candidates = Enumerable.Range(0, 20).Select(i => new OortCandidate((ulong)i, 10, new OortReport(0, i < 3 ? 1 : 99, default))).ToArray();

        var cohort = new OortSelector(Exploiting with { Cohort = 2 }).Select(candidates, OortPacer.Start(Exploiting), 100, 1);

        Assert.All(cohort.Exploited, index => Assert.InRange(index, 0, 2));
    }

    [Fact]
    public void Select_TwiceAsSlowAsPreferred_ScoresAQuarter()
    {
        // The preferred duration is the 10th percentile, 1 s. Utilities 10 and 10: scores of about 1 and ¼; the cut-off is 0.7·¼.
        OortCandidate[] candidates =
        [
            new(0, 10, new OortReport(10, 1, TimeSpan.FromSeconds(1))),
            new(1, 10, new OortReport(10, 1, TimeSpan.FromSeconds(2))),
            new(2, 10, new OortReport(0, 1, TimeSpan.FromSeconds(1))),
        ];

        var times = Times(Exploiting with { Cohort = 1, PreferredPercentile = 10 }, candidates, seeds: 6_000);

        AssertShares(times, 6_000, [0.8, 0.2, 0]);
    }

    [Fact]
    public void Select_AnOutlier_CountsAsTheClippedQuantile()
    {
        // Of four utilities the 50 % quantile is the third, 8: the fourth scores no more than it.
        var candidates = new[] { 0.0, 1, 8, 10 }.Select((u, i) => new OortCandidate((ulong)i, 10, new OortReport(u, 1, default))).ToArray();

        AssertShares(Times(Exploiting with { Cohort = 1, ClipQuantile = 0.5 }, candidates, seeds: 6_000), 6_000, [0, 0, 0.5, 0.5]);
    }

    [Fact]
    public void Select_FloorAndCap_BoundHowOftenADeviceIsSelected()
    {
        // Ten devices of which one is far better; two places, one of them the floor's. The cap is 0.5.
        var candidates = Enumerable.Range(0, 10).Select(i => new OortCandidate((ulong)i, 10, new OortReport(i == 0 ? 100 : 1, 1, default))).ToArray();
        var capped = Times(Exploiting with { Cohort = 1, InclusionMax = 0.5 }, candidates, seeds: 4_000);
        var floored = Times(Exploiting with { Cohort = 2, Floor = 0.5 }, candidates, seeds: 4_000);

        // Standard deviation √(4,000·¼) ≈ 32 and √(4,000·0.09) ≈ 19.
        Assert.InRange(capped.Max(), 2_000 - (4 * 32), 2_000 + (4 * 32));
        Assert.All(floored, count => Assert.True(count >= 400 - (4 * 19)));
    }

    [Fact]
    public void Pacer_FlatUtility_PrefersSlowerDevicesStepByStep()
    {
        var spec = new OortSpec { PacerStep = 2 };
        var pacer = Enumerable.Range(0, 8).Aggregate(OortPacer.Start(spec), (each, _) => each.Next(spec, 3));

        // After rounds 4, 6 and 8.
        Assert.Equal(25, pacer.Percentile);
        Assert.Equal(100, Enumerable.Range(0, 100).Aggregate(pacer, (each, _) => each.Next(spec, 3)).Percentile);
    }

    [Theory]
    [InlineData(1, 1.5, 10)] // Neither flat nor a jump.
    [InlineData(1, 6, 5)] // A jump by five times.
    [InlineData(1, 1.05, 15)]
    public void Pacer_TwoSteps_MovesByWhatHasChanged(double before, double after, double expected)
    {
        var spec = new OortSpec { PacerStep = 2 };

        Assert.Equal(expected, new[] { before, before, after, after }.Aggregate(OortPacer.Start(spec), (pacer, u) => pacer.Next(spec, u)).Percentile);
    }

    [Fact]
    public void Constructor_MistakenConstants_NamesAllOfThem()
    {
        var error = Assert.Throws<ArgumentException>(() => new OortSelector(new OortSpec { Cohort = 0, CutOff = double.NaN, PacerDelta = 101, Floor = 1 }));

        Assert.StartsWith(
            "Oort cannot select. Cohort is 0: select at least 1 device. CutOff is NaN: choose a value in (0, 1]. "
            + "PacerDelta is 101: choose a value in (0, 100]. Floor is 1: choose a value in [0, 1).",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void UtilityOf_ByHand_IsTheRootOfTheMeanSquareTimesWhatARoundUses()
    {
        Assert.Equal(12, OortReport.UtilityOf(meanSquaredLoss: 4, examples: 6, examplesMax: 10));
        Assert.Equal(20, OortReport.UtilityOf(meanSquaredLoss: 4, examples: 60, examplesMax: 10));
    }

    private static int[] Times(OortSpec spec, OortCandidate[] candidates, int seeds)
    {
        var selector = new OortSelector(spec);
        var times = new int[candidates.Length];
        for (var seed = 0; seed < seeds; seed++)
        {
            foreach (var index in selector.Select(candidates, OortPacer.Start(spec), 1, (ulong)seed).All)
            {
                times[index]++;
            }
        }

        return times;
    }

    private static void AssertShares(int[] times, int draws, double[] shares)
    {
        // A count's standard deviation is at most half the root of the draws.
        var noise = 4 * Math.Sqrt(draws) / 2;
        Assert.All(times.Zip(shares), each => Assert.InRange(each.First, (draws * each.Second) - noise, (draws * each.Second) + noise));
    }
}
