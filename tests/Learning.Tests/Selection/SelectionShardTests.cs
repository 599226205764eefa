using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class SelectionShardTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public void Locate_EveryDevice_AgreesWithSortingByFlippedPositions(int devices)
    {
        var population = SelectionPopulation.Zipf(devices);
        var spec = new SelectionSpec { Cohort = Math.Max(1, devices / 10) };
        var shard = population.Cut(1, spec.Weights)[0];
        var plan = population.Plan(spec);
        var order = new DrawOrder(5, Purpose.SelectionOrder, 2);

        var start = 0L;
        foreach (var device in Enumerable.Range(0, devices).OrderBy(device => Flipped(order, population.Positions[device])))
        {
            var located = shard.Locate(plan, order, [start]).Single();
            Assert.Equal((population.Positions[device], device, start), (located.Position, located.Index, located.Start));
            Assert.Equal(located, shard.Locate(plan, order, [start + located.Mass - 1]).Single());
            Assert.Equal(plan.InclusionOf(spec.Weights, population.Activities[device]), plan.InclusionOf(located.Mass));
            start += located.Mass;
        }

        Assert.Equal(plan.TotalMass, start);
    }

    [Fact]
    public void Locate_DevicesThatShareAPosition_FindsEachOfThem()
    {
        var shards = new[] { new SelectionShard([9, 9, 4, 9], [1, 1, 1, 1], new UniformWeights()) };
        var spec = new SelectionSpec { Weights = new UniformWeights(), Cohort = 4 };

        var cohort = CohortSampler.Draw(shards, spec, 1, 1);

        Assert.Equal([0, 1, 2, 3], cohort.Select(member => member.Index).Order());
    }

    [Fact]
    public void Totals_InactiveDevices_AreLeftOut()
    {
        var shard = new SelectionShard([1, 2, 3, 4], [0, 3, 0, 5], new PowerWeights());

        Assert.Equal(new ShardTotals(2, 8L << 32), shard.Totals);
    }

    [Fact]
    public void Totals_DevicesOfNoWeight_AreLeftOutLikeInactiveOnes()
    {
        var shard = new SelectionShard([1, 2, 3, 4, 5], [9, 3, 0, 5, 4], new TopQWeights(0.5, 5));
        var plan = CohortSampler.Plan([shard], new SelectionSpec { Weights = new TopQWeights(0.5, 5), Cohort = 3 });

        Assert.Equal(new ShardTotals(2, 2L << 32), shard.Totals);
        Assert.Equal((2, true), (plan.Cohort, plan.CohortLowered));
        Assert.Equal([0, 3], CohortSampler.Draw([shard], plan, 1, 1, SelectionPurposes.Training).Select(member => member.Index).Order());
        Assert.Equal((0.0, 1.0), (plan.InclusionOf(new TopQWeights(0.5, 5), 4), plan.InclusionOf(new TopQWeights(0.5, 5), 5)));
    }

    [Theory]
    [InlineData(SelectionDesign.Weighted)]
    [InlineData(SelectionDesign.RoundRobin)]
    public void Without_SomeDevices_DrawsAsIfTheyHadNoActivity(SelectionDesign design)
    {
        var population = SelectionPopulation.Zipf(200);
        var spec = new SelectionSpec { Design = design, Cohort = 20, Floor = 0.1 };
        var whole = population.Cut(1, spec.Weights)[0];
        var left = Enumerable.Range(0, 200).Where(device => device % 3 == 0 || population.Activities[device] > 100).ToHashSet();
        var inactive = new SelectionPopulation([.. population.Activities.Select((activity, device) => left.Contains(device) ? 0 : activity)]);

        for (var round = 1; round <= 40; round++)
        {
            var cohort = CohortSampler.Draw([whole.Without(left)], spec, 1, round);
            Assert.Equal(CohortSampler.Draw(inactive.Cut(1, spec.Weights), spec, 1, round), cohort);
            Assert.DoesNotContain(cohort, member => left.Contains(member.Index));
        }

        Assert.Equal(inactive.Cut(1, spec.Weights)[0].Totals, whole.Without(left).Totals);
        Assert.Equal(200, whole.Totals.Devices);
    }

    [Fact]
    public void Without_AllDevicesInTurn_LeavesNobodyTwiceInNeighbouringCohorts()
    {
        var population = SelectionPopulation.Zipf(100);
        var spec = new SelectionSpec { Cohort = 15 };
        var shard = population.Cut(1, spec.Weights)[0];
        var cohorts = new List<int[]>();
        for (var round = 1; round <= 60; round++)
        {
            var resting = cohorts.TakeLast(3).SelectMany(cohort => cohort).ToHashSet();
            cohorts.Add([.. CohortSampler.Draw([shard.Without(resting)], spec, 1, round).Select(member => member.Index)]);
        }

        Assert.All(cohorts, cohort => Assert.Equal(15, cohort.Length));
        Assert.All(Enumerable.Range(0, 57), first => Assert.Equal(60, cohorts.Skip(first).Take(4).SelectMany(cohort => cohort).Distinct().Count()));
    }

    [Fact]
    public void Above_Thresholds_CountsDevicesOfAtLeastThatMass()
    {
        var shard = new SelectionShard([1, 2, 3, 4, 5], [2, 3, 0, 3, 8], new PowerWeights());
        var scale = new MassScale(1.0 / (1L << 32), 0);

        Assert.Equal(new MassTotals(4, 16), shard.Above(scale, 1));
        Assert.Equal(new MassTotals(3, 14), shard.Above(scale, 3));
        Assert.Equal(new MassTotals(1, 8), shard.Above(scale, 4));
        Assert.Equal(new MassTotals(0, 0), shard.Above(scale, 9));
    }

    [Fact]
    public void MassUnder_AnotherPlan_IsComputedAnew()
    {
        var shard = new SelectionShard([1, 2, 3], [1, 2, 3], new PowerWeights());
        var two = CohortSampler.Plan([shard], new SelectionSpec { Cohort = 2 });
        var one = CohortSampler.Plan([shard], new SelectionSpec { Cohort = 1 });

        Assert.Equal(two.TotalMass, shard.MassUnder(two));
        Assert.Equal(one.TotalMass, shard.MassUnder(one));
        Assert.Equal(two.TotalMass, shard.MassUnder(two));
    }

    [Fact]
    public void Locate_OffsetBeyondTheShard_Throws()
    {
        var shard = new SelectionShard([1, 2], [1, 1], new UniformWeights());
        var plan = CohortSampler.Plan([shard], new SelectionSpec { Weights = new UniformWeights(), Cohort = 1 });

        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Locate(plan, new DrawOrder(1, Purpose.SelectionOrder, 1), [plan.TotalMass]));
    }

    [Fact]
    public void Constructor_BadInput_SaysWhatIsWrong()
    {
        var lengths = Assert.Throws<ArgumentException>(() => new SelectionShard([1, 2], [1], new UniformWeights()));
        var negative = Assert.Throws<ArgumentException>(() => new SelectionShard([1, 2], [1, -3], new UniformWeights()));
        var weight = Assert.Throws<InvalidOperationException>(() => new SelectionShard([1, 2], [1, 1 << 30], new PowerWeights(3)));

        var below = Assert.Throws<InvalidOperationException>(() => new SelectionShard([1], [1], new NegativeWeights()));

        Assert.Equal(
            "The weights 'negative' give an activity of 1 the weight -1: a weight is at least 0 and at most 2^64; choose a smaller exponent or scale.",
            below.Message);
        Assert.StartsWith("2 positions need as many activities; there are 1.", lengths.Message, StringComparison.Ordinal);
        Assert.StartsWith("Device 1 has an activity of -3: an activity is at least 0.", negative.Message, StringComparison.Ordinal);
        Assert.StartsWith("The weights 'power' give an activity of 1073741824 the weight", weight.Message, StringComparison.Ordinal);
    }

    /// <summary>The position with every bit flipped where its node says so: the definition of the order, one bit after another.</summary>
    private static ulong Flipped(DrawOrder order, ulong position)
    {
        var flipped = 0UL;
        for (var depth = 0; depth < 64; depth++)
        {
            var prefix = depth == 0 ? 0 : position >> (64 - depth) << (64 - depth);
            var bit = (position >> (63 - depth)) & 1;
            flipped = (flipped << 1) | (bit ^ (order.IsRightFirst(prefix, depth) ? 1UL : 0UL));
        }

        return flipped;
    }

    private sealed record NegativeWeights : ISelectionWeights
    {
        public string Name => "negative";

        public double WeightOf(int activity) => -activity;
    }
}
