using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class SweepDrawTests
{
    private static readonly SelectionSpec Spec = new() { Design = SelectionDesign.RoundRobin, Weights = new UniformWeights(), Cohort = 30 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(64)]
    public void Draw_AnySharding_GivesTheBlocksOfAllDevicesSortedByKey(int shardCount)
    {
        var population = SelectionPopulation.Zipf(1_000);
        var shards = population.Cut(shardCount, Spec.Weights);
        for (var round = 1; round <= 70; round++)
        {
            // 34 rounds a sweep: 33 cohorts of 30 and one of 10.
            var (sweep, block) = Math.DivRem(round - 1, 34);
            var sorted = population.Positions.OrderBy(position => Prf.Value(9, Purpose.SweepOrder, (ulong)sweep, position));

            var cohort = CohortSampler.Draw(shards, Spec, 9, round);

            Assert.Equal(sorted.Skip(30 * block).Take(30), cohort.Select(member => member.Position));
            Assert.All(cohort, member => Assert.Equal(block == 33 ? 0.01 : 0.03, member.Inclusion));
            Assert.All(cohort, member => Assert.Equal(DevicePosition.ShardOf(member.Position, shardCount), member.Shard));
        }
    }

    [Fact]
    public void Draw_AnyPopulation_HasEveryActiveDeviceOnceInEverySweep() =>
        Gen.Select(Gen.Int[0, 3].Array[0, 60], Gen.Int[1, 70], Gen.Int[0, 4], Gen.ULong).Sample((activities, cohort, cut, seed) =>
        {
            var population = new SelectionPopulation(activities);
            var shards = population.Cut(1 << cut, Spec.Weights);
            var rounds = Math.Max(1, (population.Active + cohort - 1) / cohort);
            var active = population.Positions.Where((_, device) => activities[device] > 0).Order().ToArray();
            for (var sweep = 0; sweep < 3; sweep++)
            {
                var drawn = Enumerable.Range(1, rounds)
                    .SelectMany(block => CohortSampler.Draw(shards, Spec with { Cohort = cohort }, seed, (sweep * rounds) + block));
                Assert.Equal(active, drawn.Select(member => member.Position).Order());
            }
        });

    [Fact]
    public void Draw_NextSweepOrAnotherSeed_HasAnotherOrder()
    {
        var shards = SelectionPopulation.Zipf(300).Cut(4, Spec.Weights);

        var first = CohortSampler.Draw(shards, Spec, 1, 1);

        Assert.Equal(first, CohortSampler.Draw(shards, Spec, 1, 1));
        Assert.NotEqual(first, CohortSampler.Draw(shards, Spec, 1, 11));
        Assert.NotEqual(first, CohortSampler.Draw(shards, Spec, 2, 1));
    }

    [Fact]
    public void Draw_DevicesThatShareAPosition_FindsEachOfThem()
    {
        var shards = new[] { new SelectionShard([9, 9, 4, 9], [1, 1, 1, 1], new UniformWeights()) };

        var drawn = Enumerable.Range(1, 4).SelectMany(round => CohortSampler.Draw(shards, Spec with { Cohort = 1 }, 1, round));

        Assert.Equal([0, 1, 2, 3], drawn.Select(member => member.Index).Order());
    }

    [Fact]
    public void Locate_DevicesChangedAfterTheTotals_SaysToDrawAgain()
    {
        var draw = new SweepDraw(Spec, new ShardTotals(5, 0), 1, 1);

        var error = Assert.Throws<InvalidOperationException>(() => draw.Locate([[3]]));

        Assert.Equal("The shards had 5 active devices and now answer for 3: ask for their totals and draw again.", error.Message);
        draw.Locate([[3], [2]]);
        Assert.Throws<InvalidOperationException>(() => draw.Complete([[], []]));
    }

    [Fact]
    public void Draw_TenThousandDevices_AsksForLittleMoreThanACohort()
    {
        var shard = new SelectionPopulation([.. Enumerable.Repeat(1, 10_000)]).Cut(1, Spec.Weights)[0];
        for (var round = 1; round <= 100; round++)
        {
            var draw = new SweepDraw(Spec, shard.Totals, 3, round);
            draw.Locate([shard.CountSweep(draw.Order)]);

            // 334 rounds make 256 buckets of about 39: 30 ranks touch at most three of them, and rarely four.
            Assert.InRange(shard.Sweep(draw.Order, draw.Buckets.First, draw.Buckets.Last).Length, 30, 200);
        }
    }
}
