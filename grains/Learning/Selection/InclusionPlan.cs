namespace Sheaf.Learning.Selection;

/// <summary>
/// The inclusion probability of every device of a population, as integers: π = mass / <see cref="ZoneLength"/>, and the masses of all
/// devices add up to exactly <see cref="Cohort"/> zones. A value: shards keep their prefix sums while the plan stays equal.
/// </summary>
public sealed record InclusionPlan
{
    /// <summary>How many devices are drawn: what was asked for, or the number of active devices when that is smaller.</summary>
    public required int Cohort { get; init; }

    /// <summary>How many devices can be drawn.</summary>
    public required long Devices { get; init; }

    /// <summary>Whether fewer devices are active than the cohort asked for.</summary>
    public bool CohortLowered { get; init; }

    /// <summary>The cap on inclusion probabilities that holds: what was asked for, or K/N when that is larger.</summary>
    public required double InclusionMax { get; init; }

    /// <summary>Whether the cap asked for could not hold, because K &gt; N·π_max, and was raised to K/N.</summary>
    public bool InclusionMaxRaised { get; init; }

    /// <summary>How many devices are at the cap.</summary>
    public long CappedDevices { get; init; }

    /// <summary>How weights become masses before capping.</summary>
    public MassScale Scale { get; init; }

    /// <summary>The mass before capping from which a device is at the cap.</summary>
    public long CapThreshold { get; init; }

    /// <summary>The mass of every device at the cap; exactly <see cref="ZoneLength"/> when the cap is 1.</summary>
    public long CappedMass { get; init; }

    /// <summary>What multiplies the mass of every other device.</summary>
    public long UncappedFactor { get; init; }

    /// <summary>The mass that stands for an inclusion probability of 1.</summary>
    public long ZoneLength { get; init; }

    /// <summary>The mass of all devices: <see cref="Cohort"/> zones.</summary>
    public long TotalMass => Cohort * ZoneLength;

    /// <summary>The mass of a device after capping.</summary>
    /// <param name="uncapped">Its mass before, by <see cref="Scale"/>.</param>
    /// <returns>A mass in [1, <see cref="ZoneLength"/>].</returns>
    public long MassOf(long uncapped) => uncapped >= CapThreshold ? CappedMass : uncapped * UncappedFactor;

    /// <summary>The inclusion probability of a mass after capping.</summary>
    /// <param name="mass">The mass.</param>
    /// <returns>π, in (0, 1].</returns>
    public double InclusionOf(long mass) => (double)mass / ZoneLength;

    /// <summary>The inclusion probability of a device.</summary>
    /// <param name="weights">The weights of the selection.</param>
    /// <param name="activity">The device's activity.</param>
    /// <returns>π, in [0, 1]; 0 when it is not active or has no weight.</returns>
    public double InclusionOf(ISelectionWeights weights, int activity)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var units = activity <= 0 ? 0 : ShardTotals.UnitsOf(weights, activity);
        return units == 0 ? 0 : InclusionOf(MassOf(Scale.MassOf(units)));
    }
}
