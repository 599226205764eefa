using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Training;

/// <summary>The selection of a plan in the terms of the learning core.</summary>
internal static class SelectionPrograms
{
    /// <summary>Works out a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cohort">Devices per round.</param>
    /// <param name="own">What users bring; null when nothing is found.</param>
    /// <returns>The selection; its weights may still need the population's activity.</returns>
    /// <exception cref="ArgumentException">It names something that does not exist.</exception>
    /// <exception cref="OwnClassException">A user's strategy cannot be loaded.</exception>
    public static SelectionSpec Of(SelectionPlan plan, int cohort, IOwnClasses? own = null) => new()
    {
        Design = plan.Strategy == "round-robin" ? SelectionDesign.RoundRobin : SelectionDesign.Weighted,
        Weights = plan.Strategy switch
        {
            "uniform" or "round-robin" => new UniformWeights(),
            // Oort asks only who has any examples.
            "oort" => new UniformWeights(),
            "power" or "power-of-choice" => new PowerWeights(plan.Exponent),
            "log" => new LogWeights(),
            "top-q" => new TopQWeights(plan.Share),
            "softmax" => new SoftmaxWeights(plan.Temperature),
            "own" => OwnClassPlan.Of("selection strategy", plan.Assembly, plan.Class, own, (classes, source) => classes.WeightsOf(source)),
            var other => throw new ArgumentException(
                $"There is no selection strategy '{other}'. Use uniform, power, log, top-q, softmax, round-robin, power-of-choice, oort or own."),
        },
        Cohort = cohort,
        Floor = plan.Floor,
        InclusionMax = plan.InclusionMax,
    };

    /// <summary>Which of the devices' counts a plan goes by.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="ArgumentException">It names something that does not exist, or lets counts decay that are not current.</exception>
    public static DrawBasis BasisOf(SelectionPlan plan)
    {
        if (!(plan.Decay > 0 && plan.Decay <= 1) || (plan.Decay < 1 && plan.Counts != "current"))
        {
            throw new ArgumentException($"A decay of {plan.Decay} does not go with '{plan.Counts}' counts. Use a decay in (0, 1], and 1 unless counts are current.");
        }

        return plan.Counts switch
        {
            "current" => DrawBasis.Current,
            "stale" => DrawBasis.Stale,
            "bucketed" => DrawBasis.Bucketed,
            var other => throw new ArgumentException($"There are no '{other}' counts. Use current, stale or bucketed."),
        };
    }

    /// <summary>How much less likely than an average device any device can be to be selected: 1/ρ with a floor ρ.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The factor; infinite when some devices may be selected with no or with any small probability.</returns>
    public static double InverseInclusionMaxOf(SelectionPlan plan) => plan.Strategy switch
    {
        "uniform" or "round-robin" when plan.MinimumGap == 0 => 1,
        "top-q" or "power-of-choice" or "oort" => double.PositiveInfinity,
        _ when plan.MinimumGap > 0 => double.PositiveInfinity,
        _ => 1 / plan.Floor,
    };
}
