using System.Globalization;
using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Aggregation.Rules;

namespace Sheaf.Grains.Training;

/// <summary>How the updates of a round become one, in the terms of the learning core.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="IsOverUpdates">Whether every device is an input of its own; otherwise those of an activity shard are one together.</param>
internal sealed record AggregationProgram(AggregationRule Rule, bool IsOverUpdates)
{
    private static readonly AggregationProgram Mean = new(new MeanRule(), IsOverUpdates: false);

    /// <summary>With fewer inputs a round gives no checkpoint; 1 for the mean.</summary>
    public int InputsMin => (Rule as SliceRule)?.InputsMin ?? 1;

    /// <summary>Works out a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameterCount">The length of the model.</param>
    /// <returns>The program.</returns>
    /// <exception cref="ArgumentException">It names something that does not exist, is out of range, or needs more bytes than it may use or more
    /// inputs than a round has.</exception>
    public static AggregationProgram Of(PlanSpec plan, int parameterCount)
    {
        if (plan.Aggregation is not { } aggregation)
        {
            return Mean;
        }

        SliceRule rule = aggregation.Rule switch
        {
            "median" => new MedianRule(),
            "trimmed-mean" => new TrimmedMeanRule(aggregation.Trim),
            "norm-bounded-mean" => new NormBoundedMeanRule(aggregation.Bound),
            "multi-krum" => new MultiKrumRule(aggregation.Byzantine, aggregation.Selected),
            var other => throw Unknown("rule of aggregation", other, "median, trimmed-mean, norm-bounded-mean or multi-krum, or leave the part out for the mean"),
        };
        var isOverUpdates = aggregation.Over switch
        {
            "slices" => false,
            "updates" => true,
            var other => throw Unknown("input of aggregation", other, "slices or updates"),
        };
        if (rule.InputsMin > plan.Selected)
        {
            throw new ArgumentException(
                $"The rule '{rule.Name}' needs at least {Show(rule.InputsMin)} inputs, and a round selects {Show(plan.Selected)} devices. Use a larger cohort, " +
                "a smaller number of corrupt inputs, or a smaller number of selected ones.");
        }

        if (isOverUpdates)
        {
            EnsureFits(plan, aggregation, parameterCount);
        }

        return new AggregationProgram(rule, isOverUpdates);
    }

    private static void EnsureFits(PlanSpec plan, AggregationPlan aggregation, int parameterCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(aggregation.BytesMax, 1, "plan.Aggregation.BytesMax");
        var bytes = (Int128)plan.Selected * parameterCount * AggregationPlan.BytesPerParameter;
        if (bytes > aggregation.BytesMax)
        {
            throw new ArgumentException(
                $"The rule '{aggregation.Rule}' over updates keeps every update of a round: cohort {Show(plan.Selected)} × {Show(parameterCount)} parameters × " +
                $"{AggregationPlan.BytesPerParameter} B = {Show(bytes)} B, more than bytesMax, {Show(aggregation.BytesMax)} B. Use over: slices, a smaller cohort, or a larger bytesMax.");
        }
    }

    private static string Show(Int128 number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static ArgumentException Unknown(string what, string name, string known) => new($"There is no {what} '{name}'. Use {known}.");
}
