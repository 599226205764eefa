using CsCheck;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class CapSearchTests
{
    [Fact]
    public void Plan_AnyPopulationAndSpec_EqualsNaiveIteratedCapping() =>
        Gen.Select(
            Gen.OneOf(Gen.Int[0, 3], Gen.Int[1, 50], Gen.Int[1, 5_000]).Array[1, 60],
            Generators.Pick<ISelectionWeights>(new UniformWeights(), new PowerWeights(), new PowerWeights(0.5), new PowerWeights(1.5)),
            Gen.Select(Generators.Pick(0, 0.1, 0.7), Generators.Pick(1, 0.8, 0.3, 0.05)),
            Gen.Int[1, 60]).Sample((activities, weights, floorAndCap, cohort) =>
        {
            var population = new SelectionPopulation(activities);
            if (population.Active == 0)
            {
                return;
            }

            var (floor, cap) = floorAndCap;
            var spec = new SelectionSpec { Weights = weights, Floor = floor, InclusionMax = cap, Cohort = cohort };
            var plan = population.Plan(spec);
            var expected = population.NaiveInclusions(spec);
            for (var device = 0; device < activities.Length; device++)
            {
                Assert.Equal(expected[device], plan.InclusionOf(weights, activities[device]), 1e-9);
            }

            Assert.Equal(plan.Cohort, activities.Sum(activity => plan.InclusionOf(weights, activity)), 1e-9);
        }, iter: 3000);

    [Fact]
    public void Plan_HeavyDevice_TakesTheCapAndTheOthersShareTheRest()
    {
        // Σ = 18, K = 3: 3·10/18 > 1 is capped; the others share 2 of 8: 2·4/8 = 1 is capped, too; 1·(2, 1, 1)/4.
        var plan = new SelectionPopulation([10, 4, 2, 1, 1]).Plan(new SelectionSpec { Cohort = 3 });
        var weights = new PowerWeights();

        Assert.Equal(1.0, plan.InclusionOf(weights, 10));
        Assert.Equal(0.5, plan.InclusionOf(weights, 2), 1e-12);
        Assert.Equal(0.25, plan.InclusionOf(weights, 1), 1e-12);
        Assert.Equal(2, plan.CappedDevices);
        Assert.Equal(1.0, plan.InclusionOf(weights, 4));
    }

    [Fact]
    public void Plan_Floor_MixesWithUniform()
    {
        // w' = ½·(3, 1)/4 + ½/2 = (5, 3)/8.
        var plan = new SelectionPopulation([3, 1]).Plan(new SelectionSpec { Cohort = 1, Floor = 0.5 });

        Assert.Equal(0.625, plan.InclusionOf(new PowerWeights(), 3), 1e-12);
        Assert.Equal(0.375, plan.InclusionOf(new PowerWeights(), 1), 1e-12);
    }

    [Fact]
    public void Plan_CapThatCannotHold_IsRaisedToCohortOverDevicesAndSaysSo()
    {
        var plan = new SelectionPopulation([9, 1, 1, 1]).Plan(new SelectionSpec { Cohort = 3, InclusionMax = 0.5 });

        Assert.True(plan.InclusionMaxRaised);
        Assert.Equal(0.75, plan.InclusionMax);
        Assert.Equal(0.75, plan.InclusionOf(new PowerWeights(), 9));
        Assert.Equal(0.75, plan.InclusionOf(new PowerWeights(), 1));
    }

    [Fact]
    public void Plan_CapThatHolds_IsNotRaised() =>
        Assert.False(new SelectionPopulation([9, 1, 1, 1]).Plan(new SelectionSpec { Cohort = 1, InclusionMax = 0.5 }).InclusionMaxRaised);

    [Fact]
    public void Plan_NearlyEqualHugeActivities_KeepsEveryMassWithinAZone()
    {
        int[] activities = [int.MaxValue, int.MaxValue, int.MaxValue - 1, int.MaxValue - 2, int.MaxValue - 1];
        var spec = new SelectionSpec { Cohort = 4 };
        var shard = new SelectionPopulation(activities).Cut(1, spec.Weights);
        var plan = CohortSampler.Plan(shard, spec);

        Assert.All(activities, activity => Assert.InRange(plan.InclusionOf(spec.Weights, activity), 0.79, 0.81));
        Assert.Equal(plan.TotalMass, shard[0].MassUnder(plan));
    }

    [Fact]
    public void Plan_QuestionsLeft_Throws()
    {
        var search = new CapSearch(new SelectionSpec { Cohort = 1 }, new ShardTotals(2, 4L << 32));

        var error = Assert.Throws<InvalidOperationException>(() => search.Plan);

        Assert.Equal("The inclusion plan is not made yet: answer NextThreshold until it is null.", error.Message);
    }

    [Fact]
    public void Answer_DevicesChangedSinceTheTotals_Throws()
    {
        var search = new CapSearch(new SelectionSpec { Cohort = 1 }, new ShardTotals(2, 4L << 32));

        var error = Assert.Throws<InvalidOperationException>(() => search.Answer(new MassTotals(3, 10)));

        Assert.Equal("The shards had 2 active devices and now have 3: ask for their totals and plan again.", error.Message);
    }

    [Fact]
    public void Answer_NothingAsked_Throws()
    {
        var search = new CapSearch(new SelectionSpec { Cohort = 2 }, new ShardTotals(2, 4L << 32));

        Assert.Null(search.NextThreshold);
        Assert.Throws<InvalidOperationException>(() => search.Answer(new MassTotals(2, 10)));
    }

    [Fact]
    public void EnsureValid_OutOfRange_NamesThePropertyAndItsRange()
    {
        Assert.Equal("The selection's Floor is 1: choose a value in [0, 1).", ErrorOf(new SelectionSpec { Floor = 1 }));
        Assert.Equal("The selection's InclusionMax is 0: choose a value in (0, 1].", ErrorOf(new SelectionSpec { InclusionMax = 0 }));
        Assert.Equal("The selection's Floor is NaN: choose a value in [0, 1).", ErrorOf(new SelectionSpec { Floor = double.NaN }));
        Assert.Equal("The selection's Cohort is 0: select at least 1 device.", ErrorOf(new SelectionSpec { Cohort = 0 }));
    }

    private static string ErrorOf(SelectionSpec spec) => Assert.Throws<InvalidOperationException>(spec.EnsureValid).Message;
}
