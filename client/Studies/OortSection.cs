namespace Sheaf.Client.Studies;

/// <summary>The constants of "oort". Defaults are those of its authors' program (Lai et al., OSDI 2021).</summary>
internal sealed record OortSection
{
    /// <summary>The share of a cohort that goes to devices which never took part, before the first round: 0 to 1. Default: 0.9.</summary>
    public double Exploration { get; init; } = 0.9;

    /// <summary>What that share is multiplied by in every round, above 0, at most 1. Default: 0.95.</summary>
    public double ExplorationDecay { get; init; } = 0.95;

    /// <summary>What that share never falls below, while there are such devices: 0 to 1. Default: 0.2.</summary>
    public double ExplorationMin { get; init; } = 0.2;

    /// <summary>Utilities above this quantile of all count as the quantile, against outliers and liars: above 0, at most 1. Default: 0.98.</summary>
    public double ClipQuantile { get; init; } = 0.98;

    /// <summary>How strongly it comes back to devices it has not seen for long, 0 (not at all) to 1,000,000: what multiplies ln(round) / last round
    /// under the root that is added to a device's score. Default: 0.1.</summary>
    public double Uncertainty { get; init; } = 0.1;
}
