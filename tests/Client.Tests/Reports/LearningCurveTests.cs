using Sheaf.Client.Reports;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Reports;

public sealed class LearningCurveTests
{
    [Fact]
    public void ByRound_SeveralSeeds_IsTheirMeanWhereAllWereEvaluated()
    {
        var arm = ArmOf(Runs.Of(1, 10, null, 0.2, 0.4), Runs.Of(2, 10, 0.1, 0.4, null));

        var (x, y) = Assert.Single(LearningCurve.ByRound(arm, score => score.Accuracy).Points);
        Assert.Equal((2, 2), (x, y.Count));
        Assert.Equal(0.3, y.Mean, 12);
    }

    [Fact]
    public void ByExamples_OneRun_HasItsEvaluationsAtTheExamplesSoFar()
    {
        var curve = LearningCurve.ByExamples(ArmOf(Runs.Of(1, 100, 0.1, null, 0.5)), score => score.Accuracy);

        Assert.Equal([(100.0, new Spread(1, 0.1, 0)), (300.0, new Spread(1, 0.5, 0))], curve.Points);
    }

    [Fact]
    public void ByExamples_RunsOfUnequalCost_AreComparedWhereBothHaveBeen()
    {
        // One run is at 100 (0.2) to 200 (0.4), the other at 50 (0) to 150 (1): from 100 to 150 both are known.
        var arm = ArmOf(Runs.Of(1, 100, 0.2, 0.4), Runs.Of(new Study { Seed = 2 }, 50, 0, null, 1));

        var points = LearningCurve.ByExamples(arm, score => score.Accuracy).Points;

        Assert.Equal((100, 150), (points[0].X, points[^1].X));
        Assert.Equal((0.2 + 0.5) / 2, points[0].Y.Mean, 12);
        Assert.Equal((0.3 + 1) / 2, points[^1].Y.Mean, 12);
    }

    [Fact]
    public void ByExamples_RunsThatNeverMeet_HaveNoPoint() =>
        Assert.Empty(LearningCurve.ByExamples(ArmOf(Runs.Of(1, 10, 0.2), Runs.Of(2, 1000, 0.2)), score => score.Accuracy).Points);

    private static Arm ArmOf(params RunResult[] runs) => Assert.Single(Arm.Of(runs));
}
