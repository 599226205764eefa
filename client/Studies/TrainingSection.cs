namespace Sheaf.Client.Studies;

/// <summary>What a device's update weighs in a mean of updates. It is a choice of its own, never derived from how devices are selected.</summary>
internal enum UpdateWeighting
{
    /// <summary>The number of examples it trained on. Unbiased with uniform selection.</summary>
    Examples,

    /// <summary>One. Unbiased with selection in proportion to activity.</summary>
    Equal,

    /// <summary>The number of examples over how likely the device was to be selected. Unbiased with any selection that has a floor.</summary>
    InverseProbability,
}

/// <summary>What devices train and score on.</summary>
internal enum TrainingAccelerator
{
    /// <summary>The processors of the silos on which the devices' activity is kept.</summary>
    Processor,

    /// <summary>NVIDIA's GPUs: the devices move to the silos that have one; while none has, they stay with the processors.</summary>
    Cuda,
}

/// <summary>When a round ends before its deadline.</summary>
internal enum RoundClosing
{
    /// <summary>When everybody who was selected has answered.</summary>
    All,

    /// <summary>As soon as a cohort has answered, however many were selected.</summary>
    Cohort,
}

/// <summary>How the model is learnt: rounds of selection, training on the devices, and aggregation.</summary>
internal sealed record TrainingSection
{
    /// <summary>How many rounds there are, 1 to 1,000,000; in each period, when periods come one by one. Default: 30.</summary>
    public int Rounds { get; init; } = 30;

    /// <summary>How many devices train in a round, 1 to 10,000,000, and no more than there are. Default: 50.</summary>
    public int Cohort { get; init; } = 50;

    /// <summary>By what the cohort is multiplied, rounded up, because some of its devices will give no update: 1 to 10. Every update that
    /// comes before the round ends counts; see <see cref="Closing"/>. Default: 1.</summary>
    public double OverSelection { get; init; } = 1;

    /// <summary>How many updates a round needs; with fewer it is abandoned and the model stays as it was: 1 to 100,000,000, and no more
    /// than are selected. Default: 1.</summary>
    public int MinimumReports { get; init; } = 1;

    /// <summary>Which devices train.</summary>
    public SelectionSection Selection { get; init; } = new();

    /// <summary>How a device trains.</summary>
    public LocalSection Local { get; init; } = new();

    /// <summary>How large an update may be.</summary>
    public BoundsSection Bounds { get; init; } = new();

    /// <summary>What an update weighs: "examples" (how many it was trained on), "equal", or "inverse-probability" (examples over the
    /// device's inclusion probability; needs <see cref="SelectionSection.Floor"/> of at least 0.001 where activity matters). Default: "equal".</summary>
    public UpdateWeighting Weighting { get; init; } = UpdateWeighting.Equal;

    /// <summary>How the updates of a round become one.</summary>
    public AggregationSection Aggregation { get; init; } = new();

    /// <summary>How the aggregated update makes the next checkpoint.</summary>
    public ServerSection Server { get; init; } = new();

    /// <summary>How long a round waits for its devices, in seconds: 0.001 to 604,800 (a week); by the virtual clock, when there is one. Default: 600.</summary>
    public double DeadlineSeconds { get; init; } = 600;

    /// <summary>When a round ends before its deadline: "all", when everybody who was selected has answered, or "cohort", as soon as <see cref="Cohort"/>
    /// devices have (Bonawitz et al., MLSys 2019), which is faster and biased against slow devices; it needs population.behaviour.profiles. Default:
    /// "all".</summary>
    public RoundClosing Closing { get; init; }

    /// <summary>The most earlier checkpoints that are kept, evenly spaced, to go back to when data must be unlearnt: 0 to 1000. Default: 4.</summary>
    public int CheckpointsKept { get; init; } = 4;

    /// <summary>What devices train and score on: "processor", or "cuda", many devices of a round in one computation. Results on CUDA agree with the
    /// processor's within rounding and do not repeat to the bit. Models of your own train on processors. Default: "processor".</summary>
    public TrainingAccelerator Accelerator { get; init; }
}
