using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class SequentialDrawTests
{
    private static readonly SelectionSpec Spec = new() { Cohort = 20 };

    [Fact]
    public void Queries_WholeDraw_AsksEveryShardAtMostThreeTimesForAtMostTwiceTheCohortPlusOne()
    {
        var shards = SelectionPopulation.Zipf(400).Cut(8, Spec.Weights);
        var draw = Begin(shards);
        var (batches, offsets) = (0, 0);
        for (; draw.Queries.Count > 0; batches++)
        {
            var queries = draw.Queries;
            Assert.Equal(queries.Count, queries.Select(query => query.Shard).Distinct().Count());
            offsets += queries.Sum(query => query.Offsets.Length);
            // Answers may come in any order.
            foreach (var query in queries.Reverse())
            {
                draw.Answer(query, shards[query.Shard].Locate(draw.Plan, draw.Order, query.Offsets));
            }
        }

        Assert.Equal(3, batches);
        Assert.InRange(offsets, 20, 40);
        Assert.Equal(CohortSampler.Draw(shards, Spec, 1, 1), draw.Cohort);
    }

    [Fact]
    public void Cohort_QueriesLeft_Throws()
    {
        var draw = Begin(SelectionPopulation.Zipf(400).Cut(8, Spec.Weights));

        var error = Assert.Throws<InvalidOperationException>(() => draw.Cohort);

        Assert.Equal("The draw is not complete: answer its 1 queries first.", error.Message);
    }

    [Fact]
    public void Answer_NotAsked_Throws()
    {
        var draw = Begin(SelectionPopulation.Zipf(400).Cut(8, Spec.Weights));
        var other = (draw.Queries[0].Shard + 1) % 8;

        Assert.Throws<ArgumentException>(() => draw.Answer(new ShardQuery(other, [0]), [default]));
        Assert.Throws<ArgumentException>(() => draw.Answer(draw.Queries[0], []));
    }

    [Fact]
    public void Constructor_MassesOfOtherActivities_Throws()
    {
        var shards = SelectionPopulation.Zipf(400).Cut(2, Spec.Weights);
        var plan = CohortSampler.Plan(shards, Spec);
        var masses = Array.ConvertAll(shards, shard => shard.MassUnder(plan));
        masses[1]--;

        var error = Assert.Throws<InvalidOperationException>(() => new SequentialDraw(plan, masses, 1, 1, SelectionPurposes.Training));

        Assert.Equal(
            $"The shards' masses add up to {plan.TotalMass - 1} and the plan's to {plan.TotalMass}: " +
            "activities changed after the plan was made; plan again.",
            error.Message);
    }

    private static SequentialDraw Begin(SelectionShard[] shards)
    {
        var plan = CohortSampler.Plan(shards, Spec);
        return new SequentialDraw(plan, Array.ConvertAll(shards, shard => shard.MassUnder(plan)), 1, 1, SelectionPurposes.Training);
    }
}
