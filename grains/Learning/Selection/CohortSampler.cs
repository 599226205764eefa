namespace Sheaf.Learning.Selection;

/// <summary>Draws cohorts from shards that are all in memory: the reference for every distributed driver.</summary>
public static class CohortSampler
{
    /// <summary>Finds the inclusion probabilities.</summary>
    /// <param name="shards">All shards of the population, built with the weights of <paramref name="spec"/>.</param>
    /// <param name="spec">The selection.</param>
    /// <returns>The plan, which holds until an activity changes.</returns>
    /// <exception cref="InvalidOperationException">The selection is not valid.</exception>
    public static InclusionPlan Plan(IReadOnlyList<SelectionShard> shards, SelectionSpec spec)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var search = new CapSearch(spec, TotalsOf(shards));
        while (search.NextThreshold is { } threshold)
        {
            search.Answer(shards.Aggregate(default(MassTotals), (sum, shard) => sum + shard.Above(search.Scale, threshold)));
        }

        return search.Plan;
    }

    /// <summary>Draws one cohort.</summary>
    /// <param name="shards">All shards of the population, in the order of their leading bits; their count is a power of two.</param>
    /// <param name="plan">The inclusion probabilities.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round.</param>
    /// <param name="purposes">The random streams.</param>
    /// <returns>Exactly <see cref="InclusionPlan.Cohort"/> different devices, the same for the same arguments however the population
    /// is cut.</returns>
    /// <exception cref="InvalidOperationException">The plan is not one of these shards.</exception>
    public static IReadOnlyList<CohortMember> Draw(
        IReadOnlyList<SelectionShard> shards, InclusionPlan plan, ulong seed, int round, SelectionPurposes purposes)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var draw = new SequentialDraw(plan, [.. shards.Select(shard => shard.MassUnder(plan))], seed, round, purposes);
        while (draw.Queries.Count > 0)
        {
            foreach (var query in draw.Queries)
            {
                draw.Answer(query, shards[query.Shard].Locate(plan, draw.Order, query.Offsets));
            }
        }

        return draw.Cohort;
    }

    /// <summary>Plans and draws one training cohort.</summary>
    /// <param name="shards">All shards of the population, in the order of their leading bits; their count is a power of two.</param>
    /// <param name="spec">The selection.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round.</param>
    /// <returns>Different devices, the same for the same arguments however the population is cut.</returns>
    /// <exception cref="InvalidOperationException">The selection is not valid.</exception>
    public static IReadOnlyList<CohortMember> Draw(IReadOnlyList<SelectionShard> shards, SelectionSpec spec, ulong seed, int round)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Design == SelectionDesign.RoundRobin
            ? Sweep(shards, spec, seed, round)
            : Draw(shards, Plan(shards, spec), seed, round, SelectionPurposes.Training);
    }

    private static IReadOnlyList<CohortMember> Sweep(IReadOnlyList<SelectionShard> shards, SelectionSpec spec, ulong seed, int round)
    {
        var draw = new SweepDraw(spec, TotalsOf(shards), seed, round);
        if (draw.IsEmpty)
        {
            return [];
        }

        draw.Locate(shards.Select(shard => shard.CountSweep(draw.Order)));
        return draw.Complete([.. shards.Select(shard => shard.Sweep(draw.Order, draw.Buckets.First, draw.Buckets.Last))]);
    }

    private static ShardTotals TotalsOf(IReadOnlyList<SelectionShard> shards) =>
        shards.Aggregate(default(ShardTotals), (sum, shard) => sum + shard.Totals);
}
