using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Optimizers;

namespace Sheaf.Grains.Training;

/// <summary>The server's part of a plan in the terms of the learning core.</summary>
internal static class ServerPrograms
{
    /// <summary>Works out a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="rounds">The rounds of the task.</param>
    /// <returns>The optimizer with its schedule.</returns>
    /// <exception cref="ArgumentException">It names something that does not exist.</exception>
    public static IServerOptimizer Of(ServerPlan plan, int rounds)
    {
        IServerOptimizer optimizer = plan.Optimizer switch
        {
            "fedavg" => new FedAvg(plan.LearningRate),
            "fedavgm" => new FedAvgM(plan.LearningRate, plan.Momentum),
            "fedadagrad" => new FedAdagrad(plan.LearningRate, plan.Beta1, plan.Epsilon),
            "fedadam" => new FedAdam(plan.LearningRate, plan.Beta1, plan.Beta2, plan.Epsilon),
            "fedyogi" => new FedYogi(plan.LearningRate, plan.Beta1, plan.Beta2, plan.Epsilon),
            var other => throw Unknown("server optimizer", other, "fedavg, fedavgm, fedadagrad, fedadam or fedyogi"),
        };
        return new ScheduledOptimizer(optimizer, ScheduleOf(plan.Schedule, rounds));
    }

    private static LearningRateSchedule ScheduleOf(SchedulePlan plan, int rounds) => new()
    {
        Decay = plan.Decay switch
        {
            "constant" => LearningRateDecay.Constant,
            "linear" => LearningRateDecay.Linear,
            "cosine" => LearningRateDecay.Cosine,
            "step" => LearningRateDecay.Step,
            var other => throw Unknown("decay of the learning rate", other, "constant, linear, cosine or step"),
        },
        WarmupRounds = plan.WarmupRounds,
        Rounds = rounds,
        StepRounds = plan.StepRounds,
        StepFactor = plan.StepFactor,
    };

    private static ArgumentException Unknown(string what, string name, string known) => new($"There is no {what} '{name}'. Use {known}.");
}
