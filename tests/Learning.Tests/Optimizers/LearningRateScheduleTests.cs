using Sheaf.Learning.Optimizers;

namespace Sheaf.Learning.Tests.Optimizers;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void FactorAt_Default_IsAlwaysOne() =>
        Assert.All(new long[] { 0, 1, 1000 }, step => Assert.Equal(1, new LearningRateSchedule().FactorAt(step)));

    [Fact]
    public void FactorAt_WarmUp_RisesToTheFullRate() =>
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Factors(new LearningRateSchedule { WarmupRounds = 3, Rounds = 5 }, 5));

    [Fact]
    public void FactorAt_Linear_FallsEvenlyAndNeverToZero() =>
        Assert.Equal([0.5, 1, 0.75, 0.5, 0.25, 0.25], Factors(new LearningRateSchedule { Decay = LearningRateDecay.Linear, WarmupRounds = 1, Rounds = 5 }, 6));

    [Fact]
    public void FactorAt_Cosine_IsHalfwayDownInTheMiddle()
    {
        var factors = Factors(new LearningRateSchedule { Decay = LearningRateDecay.Cosine, Rounds = 6 }, 6);

        // ½·(1 + cos(0°, 30°, 60°, 90°, 120°, 150°)).
        Assert.All(factors.Zip([1, 0.933013, 0.75, 0.5, 0.25, 0.066987]), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Fact]
    public void FactorAt_Step_MultipliesEverySoManyRoundsAfterTheWarmUp() => Assert.Equal(
        [0.5, 1, 1, 0.1, 0.1, 0.01],
        Factors(new LearningRateSchedule { Decay = LearningRateDecay.Step, WarmupRounds = 1, StepRounds = 2, StepFactor = 0.1, Rounds = 6 }, 6)
            .Select(factor => Math.Round(factor, 12)));

    [Fact]
    public void Apply_Scheduled_UsesTheAppliedUpdatesAsItsClock()
    {
        var optimizer = new ScheduledOptimizer(new FedAvg(2), new LearningRateSchedule { Decay = LearningRateDecay.Linear, Rounds = 2 });

        var first = optimizer.Apply(optimizer.Initialize([0]), [1]);
        var second = optimizer.Apply(first, [1]);

        // 2·1, then 2·½.
        Assert.Equal((2f, 3f), (first.Parameters[0], second.Parameters[0]));
        Assert.Equal(second.Parameters, optimizer.Apply(first, [1]).Parameters);
    }

    private static double[] Factors(LearningRateSchedule schedule, int count) => [.. Enumerable.Range(0, count).Select(step => schedule.FactorAt(step))];
}
