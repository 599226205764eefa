using CsCheck;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class CohortSamplerTests
{
    private static readonly Gen<int> Activity = Gen.Frequency(
        (2, Gen.Const(0)), (5, Gen.Int[1, 20]), (2, Gen.Int[1, 100_000]), (1, Gen.Const(int.MaxValue)), (1, Gen.Const(int.MaxValue - 1)));

    private static readonly Gen<SelectionSpec> Spec = Gen.Select(
        Generators.Pick<ISelectionWeights>(new UniformWeights(), new PowerWeights(), new PowerWeights(0.5), new PowerWeights(2), new LogWeights(),
            new SoftmaxWeights(40, int.MaxValue), new TopQWeights(1, 4)),
        Generators.Pick(0, 0.05, 0.9),
        Gen.OneOf(Gen.Const(1.0), Gen.Const(0.5), Gen.Const(1 - 1e-12), Gen.Double[0.01, 1]),
        Gen.Int[1, 60],
        (weights, floor, cap, cohort) => new SelectionSpec { Weights = weights, Floor = floor, InclusionMax = cap, Cohort = cohort });

    [Fact]
    public void Draw_AnyPopulationAndSpec_GivesExactlyTheCohortOfDifferentActiveDevices() =>
        Gen.Select(Activity.Array[0, 50], Spec, Gen.Int[0, 4], Gen.ULong).Sample((activities, spec, cut, seed) =>
        {
            var population = new SelectionPopulation(activities);
            var shards = population.Cut(1 << cut, spec.Weights);
            var plan = CohortSampler.Plan(shards, spec);
            Assert.Equal(Math.Min(spec.Cohort, population.Weighty(spec.Weights)), plan.Cohort);
            Assert.Equal(plan.TotalMass, shards.Sum(shard => shard.MassUnder(plan)));
            for (var round = 1; round <= 5; round++)
            {
                var cohort = CohortSampler.Draw(shards, plan, seed, round, SelectionPurposes.Training);
                AssertCohort(population, spec, plan, cohort);
            }
        }, iter: 3000);

    [Fact]
    public void Draw_DeviceOfInclusionOne_IsInEveryCohort()
    {
        var population = new SelectionPopulation([1, 1, 1_000, 1, 2, 1, 1, 3, int.MaxValue, 1]);
        var spec = new SelectionSpec { Cohort = 4 };
        var plan = population.Plan(spec);

        Assert.Equal(2, plan.CappedDevices);
        Assert.Equal(1.0, plan.InclusionOf(spec.Weights, 1_000));
        Assert.All(population.Draws(spec, 2_000), cohort => Assert.Superset(new HashSet<int> { 2, 8 }, cohort.ToHashSet()));
    }

    [Fact]
    public void Draw_CapBelowOne_LeavesNoDeviceCertain()
    {
        var population = new SelectionPopulation([1, 1, 1, 1, 2, 1, 1, 3, int.MaxValue, 1]);
        var spec = new SelectionSpec { Cohort = 4, InclusionMax = 0.9 };

        var times = population.Draws(spec, 2_000).Count(cohort => cohort.Contains(8));

        Assert.InRange(times, 1_800 - 54, 1_800 + 54); // 4·√(2000·0.9·0.1) = 53.7
    }

    [Fact]
    public void Draw_CohortOfAllOrMore_SelectsEveryActiveDevice()
    {
        var population = new SelectionPopulation([5, 0, 1, 7, 0, 2]);
        foreach (var cohort in new[] { 4, 5, 1_000 })
        {
            var spec = new SelectionSpec { Cohort = cohort };
            Assert.Equal(cohort > 4, population.Plan(spec).CohortLowered);
            Assert.All(population.Draws(spec, 20), drawn => Assert.Equal([0, 2, 3, 5], drawn.Order()));
        }
    }

    [Fact]
    public void Draw_NobodyActive_SelectsNobody() =>
        Assert.All(new SelectionPopulation([0, 0, 0]).Draws(new SelectionSpec(), 3), Assert.Empty);

    [Fact]
    public void Draw_SameSeedAndRound_GivesTheSameCohortAndAnotherRoundSeedOrPurposeAnother()
    {
        var shards = SelectionPopulation.Zipf(500).Cut(4, new UniformWeights());
        var spec = new SelectionSpec { Weights = new UniformWeights(), Cohort = 20 };
        var plan = CohortSampler.Plan(shards, spec);

        var first = CohortSampler.Draw(shards, spec, seed: 1, round: 1);

        Assert.Equal(first, CohortSampler.Draw(shards, plan, 1, 1, SelectionPurposes.Training));
        Assert.NotEqual(first, CohortSampler.Draw(shards, plan, 1, 2, SelectionPurposes.Training));
        Assert.NotEqual(first, CohortSampler.Draw(shards, plan, 2, 1, SelectionPurposes.Training));
        Assert.NotEqual(first, CohortSampler.Draw(shards, plan, 1, 1, SelectionPurposes.Evaluation));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.2, 1)]
    [InlineData(0, 0.05)]
    public void Draw_OneTwoEightOrSixtyFourShards_GivesTheSameCohortDeviceForDevice(double floor, double cap)
    {
        var population = SelectionPopulation.Zipf(1_000);
        var spec = new SelectionSpec { Weights = new PowerWeights(0.5), Floor = floor, InclusionMax = cap, Cohort = 37 };
        for (var round = 1; round <= 50; round++)
        {
            var cohorts = Array.ConvertAll([1, 2, 8, 64], shardCount => CohortSampler
                .Draw(population.Cut(shardCount, spec.Weights), spec, 3, round).Select(member => (member.Position, member.Inclusion)).ToArray());
            Assert.All(cohorts, cohort => Assert.Equal(cohorts[0], cohort));
        }
    }

    [Fact]
    public void Draw_MoreShardsThanDevices_SkipsEmptyShards()
    {
        var population = new SelectionPopulation([3, 1, 4, 1, 5]);
        var spec = new SelectionSpec { Cohort = 2 };
        for (var round = 1; round <= 200; round++)
        {
            var whole = CohortSampler.Draw(population.Cut(1, spec.Weights), spec, 3, round);
            var cut = CohortSampler.Draw(population.Cut(256, spec.Weights), spec, 3, round);
            Assert.Equal(whole.Select(member => member.Position), cut.Select(member => member.Position));
        }
    }

    private static void AssertCohort(SelectionPopulation population, SelectionSpec spec, InclusionPlan plan, IReadOnlyList<CohortMember> cohort)
    {
        Assert.Equal(plan.Cohort, cohort.Select(member => member.Position).Distinct().Count());
        Assert.Equal(plan.Cohort, cohort.Count);
        foreach (var member in cohort)
        {
            var device = Array.IndexOf(population.Positions, member.Position);
            Assert.True(spec.Weights.WeightOf(population.Activities[device]) > 0);
            Assert.InRange(member.Inclusion, double.Epsilon, plan.InclusionMax * (1 + 1e-12));
        }
    }
}
