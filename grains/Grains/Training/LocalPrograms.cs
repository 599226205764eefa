using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <summary>The devices' part of a plan in the terms of the learning core.</summary>
internal static class LocalPrograms
{
    // Below it, the ε of single precision could be 0.
    private const double EpsilonMin = 1e-12;

    /// <summary>Works out a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>How devices train.</returns>
    /// <exception cref="ArgumentException">It names something that does not exist, or a number is out of range.</exception>
    public static LocalTraining Of(LocalPlan plan)
    {
        EnsureRanges(plan);
        return new LocalTraining
        {
            Epochs = plan.Epochs,
            Steps = plan.Steps,
            BatchSize = plan.BatchSize,
            LearningRate = plan.LearningRate,
            ExamplesMax = plan.ExamplesMax,
            Optimizer = plan.Optimizer switch
            {
                "sgd" => LocalOptimizer.Sgd,
                "adam" => LocalOptimizer.Adam,
                "adamw" => LocalOptimizer.AdamW,
                var other => throw new ArgumentException($"There is no local optimizer '{other}'. Use sgd, adam or adamw."),
            },
            Momentum = plan.Momentum,
            Beta1 = plan.Beta1,
            Beta2 = plan.Beta2,
            Epsilon = plan.Epsilon,
            WeightDecay = plan.WeightDecay,
            Proximal = plan.Proximal,
        };
    }

    // Whoever calls the grains is not always the command, which says these things better.
    private static void EnsureRanges(LocalPlan plan)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Epochs, 1, "plan.Local.Epochs");
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Steps ?? 1, 1, "plan.Local.Steps");
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.BatchSize, 1, "plan.Local.BatchSize");
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.ExamplesMax, 1, "plan.Local.ExamplesMax");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(plan.LearningRate, "plan.Local.LearningRate");
        EnsureBelowOne(plan.Momentum, "plan.Local.Momentum");
        EnsureBelowOne(plan.Beta1, "plan.Local.Beta1");
        EnsureBelowOne(plan.Beta2, "plan.Local.Beta2");
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Epsilon, EpsilonMin, "plan.Local.Epsilon");
        ArgumentOutOfRangeException.ThrowIfNegative(plan.WeightDecay, "plan.Local.WeightDecay");
        ArgumentOutOfRangeException.ThrowIfNegative(plan.Proximal, "plan.Local.Proximal");
        if (plan.Optimizer == "adamw")
        {
            EnsureBelowOne(plan.LearningRate * plan.WeightDecay, "plan.Local.WeightDecay · plan.Local.LearningRate");
        }
    }

    private static void EnsureBelowOne(double value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, 1, name);
    }
}
