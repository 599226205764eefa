namespace Sheaf.Client.Studies;

/// <summary>Where a population's examples come from.</summary>
internal enum PopulationSource
{
    /// <summary>They are made up, a pure function of seed, device and period.</summary>
    Generated,

    /// <summary>They are the rows of a file.</summary>
    File,
}

/// <summary>When the examples of the periods are there.</summary>
internal enum PeriodArrival
{
    /// <summary>When their period comes, after the rounds of the period before.</summary>
    ByPeriod,

    /// <summary>All before the first round.</summary>
    AtOnce,
}

/// <summary>Whose examples are learnt from.</summary>
internal sealed record PopulationSection
{
    /// <summary>Where the examples come from: "generated" or "file". Default: "generated".</summary>
    public PopulationSource Source { get; init; } = PopulationSource.Generated;

    /// <summary>The generated population; only with source "generated". Default: null, which is the default of every field.</summary>
    public GeneratedSection? Generated { get; init; }

    /// <summary>The file; only with source "file". Default: null, which is the default of every field.</summary>
    public FileSection? File { get; init; }

    /// <summary>In how many periods the examples arrive, 1 (all are there from the start) to 10,000. Default: 1.</summary>
    public int Periods { get; init; } = 1;

    /// <summary>"by-period": a continual study, in which every period's examples come after the rounds of the period before; "at-once": a static
    /// one, in which the examples of all periods come before the first round. Default: "by-period".</summary>
    public PeriodArrival Arrival { get; init; } = PeriodArrival.ByPeriod;

    /// <summary>The share of the examples that is never trained on but evaluated with, at least 0 and below 1. Default: 0.2.</summary>
    public double HeldOut { get; init; } = 0.2;

    /// <summary>How many parts the devices' activity is kept in: a power of two from 1 to 1024. Default: 16.</summary>
    public int Shards { get; init; } = 16;

    /// <summary>What a device may keep, and for how long.</summary>
    public RetentionSection Retention { get; init; } = new();

    /// <summary>How reliably devices take part in training.</summary>
    public BehaviourSection Behaviour { get; init; } = new();
}
