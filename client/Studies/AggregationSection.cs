namespace Sheaf.Client.Studies;

/// <summary>How the updates of a round become one.</summary>
internal enum AggregationRule
{
    /// <summary>Their weighted mean.</summary>
    Mean,

    /// <summary>For each parameter the median of the inputs (Yin et al., ICML 2018).</summary>
    Median,

    /// <summary>For each parameter the mean of the inputs without the largest and the smallest (Yin et al., ICML 2018).</summary>
    TrimmedMean,

    /// <summary>The weighted mean of the inputs, each scaled down to a norm (Sun et al., 2019).</summary>
    NormBoundedMean,

    /// <summary>The mean of the inputs that are closest to the others (Blanchard et al., NeurIPS 2017).</summary>
    MultiKrum,
}

/// <summary>What the inputs of a rule are.</summary>
internal enum AggregationInputs
{
    /// <summary>The mean update of the cohort's devices in each of the population's shards.</summary>
    Slices,

    /// <summary>The update of each device.</summary>
    Updates,
}

/// <summary>How the updates of a round become one. The rules besides "mean" withstand inputs that are corrupt; only "norm-bounded-mean" weighs its
/// inputs, by the weights of their updates, the others give each one vote. A round with fewer inputs than its rule needs is abandoned.</summary>
internal sealed record AggregationSection
{
    /// <summary>"mean", "median", "trimmed-mean", "norm-bounded-mean" or "multi-krum". Default: "mean".</summary>
    public AggregationRule Rule { get; init; } = AggregationRule.Mean;

    /// <summary>What the inputs of a rule besides "mean" are. "slices": the mean update of the cohort's devices in each of the population's shards;
    /// a silo keeps at most as many as <see cref="PopulationSection.Shards"/>, whatever the cohort, and one corrupt device corrupts its whole slice.
    /// "updates": the update of each device, which then leaves its silo for the one that aggregates; all of them must fit
    /// <see cref="BytesMax"/>, and devices train one by one, not in batches. Default: "slices".</summary>
    public AggregationInputs Over { get; init; } = AggregationInputs.Slices;

    /// <summary>The share of the inputs that "trimmed-mean" leaves out at either end, rounded down to whole inputs: at least 0 and below 0.5, or
    /// null (the default), which is 0.1; only with that rule.</summary>
    public double? Trim { get; init; }

    /// <summary>The ℓ² norm to which "norm-bounded-mean" scales larger inputs down: above 0, at most 1,000,000, or null (the default); needed
    /// with that rule, and only with it.</summary>
    public double? Bound { get; init; }

    /// <summary>How many inputs may be corrupt under "multi-krum", which needs twice as many and three more: 0 to 1,000,000, or null (the default),
    /// which is 1; only with that rule.</summary>
    public int? Byzantine { get; init; }

    /// <summary>How many inputs "multi-krum" averages, 1 to 1,000,000: it needs as many, those that may be corrupt, and two more. Null (the default)
    /// is all inputs but those that may be corrupt and two. Only with that rule.</summary>
    public int? Selected { get; init; }

    /// <summary>The most bytes that the updates of a round may take on all silos together, at 8 for every device and parameter: 1 to
    /// 1,000,000,000,000, or null (the default), which is 268,435,456 (256 MiB); only over "updates".</summary>
    public double? BytesMax { get; init; }
}
