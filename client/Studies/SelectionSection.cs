namespace Sheaf.Client.Studies;

/// <summary>How likely a device is to be selected, given its activity n.</summary>
internal enum SelectionStrategy
{
    /// <summary>Alike for all with n above 0.</summary>
    Uniform,

    /// <summary>In proportion to a power of n.</summary>
    Power,
}

/// <summary>Which devices train in a round.</summary>
internal sealed record SelectionSection
{
    /// <summary>"uniform": all alike; "power": in proportion to activity to the power of <see cref="Exponent"/>. Default: "power".</summary>
    public SelectionStrategy Strategy { get; init; } = SelectionStrategy.Power;

    /// <summary>The exponent β of "power", 0 to 2; 1 is proportional, 0.5 the square root. Default: 1.</summary>
    public double Exponent { get; init; } = 1;

    /// <summary>The share ρ of the selection that ignores activity, at least 0 and below 1, so that quiet devices are heard too. Default: 0.</summary>
    public double Floor { get; init; }

    /// <summary>The most likely any device may be to be in a round, above 0, at most 1. Default: 1.</summary>
    public double InclusionMax { get; init; } = 1;
}
