using System.Xml.Linq;
using Sheaf.Client.Reports;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Reports;

public sealed class PairedDifferencesTests
{
    [Fact]
    public void ByRound_SeedsOfBothArms_AreSubtractedSeedBySeed()
    {
        // Ahead by 0.2 and 0.4 with the seeds that both have; seed 3 has no partner.
        var arms = Arm.Of([Run("a", 1, 0.1), Run("b", 1, 0.3), Run("a", 2, 0.5), Run("b", 2, 0.9), Run("b", 3, 1)]);

        var difference = Assert.Single(PairedDifferences.ByRound(arms, Measure.Accuracy));

        Assert.Equal(("b", 1.0, 2, 2), (difference.Arm, difference.At, difference.Wins, difference.Difference.Count));
        Assert.Equal((0.3, Math.Sqrt(0.02)), (difference.Difference.Mean, difference.Difference.Deviation), new Near());
    }

    [Fact]
    public void ByRound_ManyRounds_AreTheUsualOnesOrTheNextEvaluatedAndTheLast()
    {
        double?[] everyThird = [.. Enumerable.Range(1, 99).Select(round => round % 3 == 0 ? (double?)0.5 : null)];

        var differences = PairedDifferences.ByRound(Arm.Of([Run("a", 1, everyThird), Run("b", 1, everyThird)]), Measure.Accuracy);

        Assert.Equal([6, 12, 21, 51, 99], differences.Select(difference => difference.At));
        Assert.All(differences, difference => Assert.Equal((0.0, 0), (difference.Difference.Mean, difference.Wins)));
    }

    [Fact]
    public void ByExamples_RunsOfUnequalCost_AreComparedAtTheSameExamples()
    {
        // The first is at 10 (0), 20 (0.2) and 30 (0.4); the other, at 20 (0.3) and 40 (0.5): at 20 it is ahead by 0.1.
        var arms = Arm.Of([Run("a", 1, 0, 0.2, 0.4), Runs.Of(new Study { Arm = "b" }, 20, 0.3, 0.5)]);

        var difference = Assert.Single(PairedDifferences.ByExamples(arms, Measure.Accuracy));

        Assert.Equal((20.0, 1), (difference.At, difference.Wins));
        Assert.Equal(0.1, difference.Difference.Mean, 12);
    }

    [Fact]
    public void ByExamples_NoRoundNumberInReach_IsTheMostThatAllHaveReached() =>
        Assert.Equal(33, Assert.Single(PairedDifferences.ByExamples(Arm.Of([Runs.Of(new Study { Arm = "a" }, 33, 0.1), Runs.Of(new Study { Arm = "b" }, 11, 0, null, 0.2, 0.3)]), Measure.Accuracy)).At);

    [Fact]
    public void ByExamples_ArmsThatNeverMeet_HaveNone() =>
        Assert.Empty(PairedDifferences.ByExamples(Arm.Of([Runs.Of(new Study { Arm = "a" }, 1000, 0.1), Run("b", 1, 0.2)]), Measure.Accuracy));

    [Fact]
    public void Table_Differences_ShowTheirSignsAndGaps()
    {
        PairedDifference[] differences = [new("b", 5, new Spread(2, 0.25, 0.5), 1), new("c", 1000, new Spread(1, -0.125, 0), 0)];

        var table = DifferenceSections.ByPoint(new("t", "T", "", "round", Measure.Accuracy, "a"), differences);

        Assert.Equal(["arm", "round 5", "round 1,000"], table.Headers);
        Assert.Equal([["b", "+0.250 ± 0.500 (1 of 2)", "–"], ["c", "–", "−0.125 (0 of 1)"]], table.Rows);
    }

    [Fact]
    public void ByRound_Perplexity_IsAheadWhereItIsBelow()
    {
        // Losses are 2 · (1 − accuracy): perplexities of e and 1 against 1 and e.
        var arms = Arm.Of([Run("a", 1, 0.5), Run("b", 1, 1), Run("a", 2, 1), Run("b", 2, 0.5)]);

        var difference = Assert.Single(PairedDifferences.ByRound(arms, Measure.Perplexity));

        Assert.Equal((0.0, 1), (Math.Round(difference.Difference.Mean, 12), difference.Wins));
        Assert.Equal((Math.E - 1) * Math.Sqrt(2), difference.Difference.Deviation, 12);
        Assert.Equal("0.0 ± 2.4 (1 of 2)", (difference with { Difference = difference.Difference with { Mean = 0 } }).Show(Measure.Perplexity));
    }

    [Fact]
    public void ByGroup_GroupsOfBothArms_AreSubtractedWhereBothWereScored()
    {
        // The second group of seed 2 was scored in one arm alone, the third in none.
        var arms = Arm.Of([Grouped("a", 1, 0.1, 0.5, null), Grouped("b", 1, 0.3, 0.4, null), Grouped("a", 2, 0.1, null, null), Grouped("b", 2, 0.5, 0.9, null)]);

        var differences = PairedDifferences.ByGroup(arms, Measure.Accuracy, group => group.Metrics);

        Assert.Equal([(1.0, 2, 2), (2.0, 1, 0)], differences.Select(difference => (difference.At, difference.Difference.Count, difference.Wins)));
        Assert.Equal([0.3, -0.1], differences.Select(difference => Math.Round(difference.Difference.Mean, 12)));
        Assert.Empty(PairedDifferences.ByGroup(arms, Measure.Accuracy, group => group.Prequential));
    }

    [Fact]
    public void Of_RoundsBetweenThoseOfTheTable_AreInTheNumbersAndThePlot()
    {
        double?[] rounds = [.. Enumerable.Repeat((double?)0.5, 7)];

        var section = DifferenceSections.Of(Report.Of([Run("a", 1, rounds), Run("b", 1, rounds)], null))[0];

        Assert.Equal(["arm", "round 5", "round 7"], section.Headers);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], section.Numbers.Rows.Select(row => row.Values[0]));
        Assert.Equal("svg", XDocument.Parse(section.Draw!()).Root!.Name.LocalName);
    }

    [Fact]
    public void Of_OneArm_HasNoDifferences() => Assert.Empty(Report.Of([Run("a", 1, 0.5)], null).Sections);

    [Fact]
    public void Of_TargetOfTheStudy_IsTakenUnlessAnotherIsNamed()
    {
        var run = Runs.Of(new Study { Evaluation = new EvaluationSection { Target = 0.75 } }, 10, 0.5);

        Assert.Equal(((double?)0.75, (double?)0.25), (Report.Of([run], null).Target, Report.Of([run], 0.25).Target));
    }

    private static RunResult Run(string arm, ulong seed, params double?[] accuracies) => Runs.Of(new Study { Arm = arm, Seed = seed }, 10, accuracies);

    private static RunResult Grouped(string arm, ulong seed, params double?[] accuracies)
    {
        var run = Run(arm, seed, 0.5);
        return run with
        {
            Summary = run.Summary! with
            {
                Groups = [.. accuracies.Select(accuracy => new GroupSummary(1, 0, 0, accuracy is { } share ? new RunMetrics(share, 1) : null, null))],
            },
        };
    }

    private sealed class Near : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) < 1e-12 && Math.Abs(x.Item2 - y.Item2) < 1e-12;

        public int GetHashCode((double, double) obj) => 0;
    }
}
