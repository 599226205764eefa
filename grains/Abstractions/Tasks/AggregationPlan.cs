namespace Sheaf.Abstractions.Tasks;

/// <summary>How the updates of a round become one by a rule that looks at its inputs one by one.</summary>
/// <param name="Rule"><c>median</c>, <c>trimmed-mean</c>, <c>norm-bounded-mean</c> or <c>multi-krum</c>.</param>
/// <param name="Over">What the inputs are: <c>slices</c>, the mean update of the cohort's devices in each activity shard of the population, or
/// <c>updates</c>, the update of each device, which then leaves its silo for that of the aggregator.</param>
/// <param name="Trim">β, the share of the inputs that is left out at either end; trimmed-mean only, in [0, 0.5).</param>
/// <param name="Bound">M, the ℓ² norm to which inputs are scaled down; norm-bounded-mean only, finite and above 0.</param>
/// <param name="Byzantine">f, how many inputs may be corrupt; multi-krum only, at least 0.</param>
/// <param name="Selected">m, how many inputs are averaged; multi-krum only, at least 1; null is n − f − 2 of n inputs.</param>
/// <param name="BytesMax">The most bytes that the single updates of a round may take on all silos together, at least 1: 8 for every parameter
/// and device; with <c>updates</c> only.</param>
[GenerateSerializer, Immutable, Alias("sheaf.AggregationPlan")]
public sealed record AggregationPlan(
    [property: Id(0)] string Rule,
    [property: Id(1)] string Over = "slices",
    [property: Id(2)] double Trim = AggregationPlan.TrimDefault,
    [property: Id(3)] double Bound = 1,
    [property: Id(4)] int Byzantine = AggregationPlan.ByzantineDefault,
    [property: Id(5)] int? Selected = null,
    [property: Id(6)] long BytesMax = AggregationPlan.BytesMaxDefault)
{
    /// <summary>The default of <see cref="Trim"/>: 0.1.</summary>
    public const double TrimDefault = 0.1;

    /// <summary>The default of <see cref="Byzantine"/>: 1.</summary>
    public const int ByzantineDefault = 1;

    /// <summary>The default of <see cref="BytesMax"/>: 256 MiB.</summary>
    public const long BytesMaxDefault = 256L * 1024 * 1024;

    /// <summary>How many bytes a parameter of an update takes until it is aggregated: 8.</summary>
    public const int BytesPerParameter = 8;
}
