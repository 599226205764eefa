using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

/// <summary>What a draw costs in memory: it is O(cohort), whatever the population.</summary>
public sealed class SelectionAllocationTests
{
    private const int Cohort = 200;

    // The members themselves, their queries and answers, about 1.5 times what was measured.
    private const long BytesPerMemberMax = 460;

    [Theory]
    [InlineData(2_000)]
    [InlineData(100_000)]
    public void Draw_Warmed_AllocatesPerMemberOfTheCohortAlone(int devices)
    {
        var spec = new SelectionSpec { Weights = new PowerWeights(1), Cohort = Cohort };
        var shards = SelectionPopulation.Zipf(devices).Cut(4, spec.Weights);
        var plan = CohortSampler.Plan(shards, spec);
        CohortSampler.Draw(shards, plan, 1, 1, SelectionPurposes.Training);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var cohort = CohortSampler.Draw(shards, plan, 1, 2, SelectionPurposes.Training);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Cohort;

        Assert.Equal(Cohort, cohort.Count);
        Assert.True(bytes <= BytesPerMemberMax, $"{bytes} bytes per member; at most {BytesPerMemberMax} are allowed.");
    }
}
