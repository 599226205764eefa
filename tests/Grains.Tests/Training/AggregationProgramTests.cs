using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation.Rules;

namespace Sheaf.Grains.Tests.Training;

public sealed class AggregationProgramTests
{
    private static readonly PlanSpec Plan = TinyStudy.Task("population", 1).Plan;

    [Fact]
    public void Of_NoPlan_IsTheMean() =>
        Assert.Equal((new MeanRule(), false, 1), Summary(Of(null)));

    [Fact]
    public void Of_EveryRule_HasItsParameters()
    {
        Assert.Equal((new MedianRule(), false, 1), Summary(Of(new AggregationPlan("median"))));
        Assert.Equal((new TrimmedMeanRule(0.3), true, 1), Summary(Of(new AggregationPlan("trimmed-mean", "updates", Trim: 0.3))));
        Assert.Equal((new NormBoundedMeanRule(2), false, 1), Summary(Of(new AggregationPlan("norm-bounded-mean", Bound: 2))));
        Assert.Equal((new MultiKrumRule(2, 3), false, 7), Summary(Of(new AggregationPlan("multi-krum", Byzantine: 2, Selected: 3))));
    }

    [Theory]
    [InlineData("mode", "slices", "There is no rule of aggregation 'mode'. Use median, trimmed-mean, norm-bounded-mean or multi-krum, or leave the part out for the mean.")]
    [InlineData("median", "devices", "There is no input of aggregation 'devices'. Use slices or updates.")]
    public void Of_UnknownWord_SaysWhatThereIs(string rule, string over, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Of(new AggregationPlan(rule, over))).Message);

    [Fact]
    public void Of_MoreInputsNeededThanARoundSelects_Throws() => Assert.Equal(
        "The rule 'multi-krum' needs at least 13 inputs, and a round selects 12 devices. Use a larger cohort, a smaller number of corrupt inputs, or a smaller number of selected ones.",
        Assert.Throws<ArgumentException>(() => Of(new AggregationPlan("multi-krum", Byzantine: 5))).Message);

    [Fact]
    public void Of_UpdatesThatDoNotFit_SpellsOutTheArithmetic()
    {
        var plan = Plan with { Cohort = 1000, Aggregation = new AggregationPlan("median", "updates") };

        var error = Assert.Throws<ArgumentException>(() => AggregationProgram.Of(plan, 336_060));

        Assert.Equal(
            "The rule 'median' over updates keeps every update of a round: cohort 1,000 × 336,060 parameters × 8 B = 2,688,480,000 B, more than bytesMax, " +
            "268,435,456 B. Use over: slices, a smaller cohort, or a larger bytesMax.",
            error.Message);
    }

    [Theory]
    [InlineData(1, 12 * 100 * 8, true)]
    [InlineData(1, (12 * 100 * 8) - 1, false)]
    [InlineData(1.5, 12 * 100 * 8, false)]
    public void Of_UpdatesAtTheBudget_CountsWhatIsSelected(double overSelection, long bytesMax, bool fits)
    {
        var plan = Plan with { OverSelection = overSelection, Aggregation = new AggregationPlan("median", "updates", BytesMax: bytesMax) };

        Assert.Equal(fits, Record.Exception(() => AggregationProgram.Of(plan, 100)) is null);
    }

    [Fact]
    public void Of_SlicesThatWouldNotFitAsUpdates_Fit() =>
        Assert.False(Of(new AggregationPlan("median", BytesMax: 1)).IsOverUpdates);

    private static AggregationProgram Of(AggregationPlan? aggregation) => AggregationProgram.Of(Plan with { Aggregation = aggregation }, 100);

    private static (AggregationRule Rule, bool IsOverUpdates, int InputsMin) Summary(AggregationProgram program) =>
        (program.Rule, program.IsOverUpdates, program.InputsMin);
}
