namespace Sheaf.Client.Studies;

/// <summary>Which examples go when a device has too many.</summary>
internal enum RetentionOverflow
{
    /// <summary>The oldest.</summary>
    OldestFirst,

    /// <summary>Any, so that what stays is a uniform sample of all that ever came.</summary>
    Reservoir,
}

/// <summary>How the examples are chosen that a device keeps to replay.</summary>
internal enum ReplayChoice
{
    /// <summary>At random.</summary>
    Random,

    /// <summary>So that their gradients nearly cancel.</summary>
    GradientSum,
}

/// <summary>What a device may keep to train on, and for how long. All rules hold together; what exceeds one is deleted. They do not touch held-out
/// examples, which are a simulation's test set.</summary>
internal sealed record RetentionSection
{
    /// <summary>The most examples a device keeps: at least 1, or null (the default) for all.</summary>
    public int? ExamplesMax { get; init; }

    /// <summary>Which go when there are more than <see cref="ExamplesMax"/>: "oldest-first" or "reservoir". Default: "oldest-first".</summary>
    public RetentionOverflow Overflow { get; init; } = RetentionOverflow.OldestFirst;

    /// <summary>The age in days at which an example is deleted: 0.001 to 36,500, or null (the default) for never.</summary>
    public double? AgeMaxDays { get; init; }

    /// <summary>The most bytes of texts and labels a device keeps, the newest: 1 to 1,000,000,000,000, or null (the default) for any.</summary>
    public double? BytesMax { get; init; }

    /// <summary>How many periods are kept, the one under way included: at least 1, or null (the default) for all.</summary>
    public int? PeriodsMax { get; init; }

    /// <summary>Whether an example is deleted once a round that trained on it has been committed. Default: false.</summary>
    public bool TrainOnce { get; init; }

    /// <summary>How many of the examples that <see cref="PeriodsMax"/> or <see cref="ExamplesMax"/> would delete are kept to be replayed, besides those
    /// that stay anyway: 0 (the default, which keeps none) to 1,000,000.</summary>
    public int Reserve { get; init; }

    /// <summary>How they are chosen: "random", or "gradient-sum" (so that their gradients nearly cancel; for classification only). Default:
    /// "random".</summary>
    public ReplayChoice ReserveChoice { get; init; } = ReplayChoice.Random;
}
