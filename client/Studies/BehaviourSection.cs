namespace Sheaf.Client.Studies;

/// <summary>How reliably devices take part in training, so that drop-out can be studied. Chance decides for each device by itself and for each
/// round anew, from the study's seed. Evaluation has all devices.</summary>
internal sealed record BehaviourSection
{
    /// <summary>The probability that a device is there to be selected in a round, above 0, at most 1; with <see cref="Profiles"/> the share of its time
    /// that it is online. With "round-robin" a device that is away misses its turn, and the cohort is smaller. Default: 1.</summary>
    public double Availability { get; init; } = 1;

    /// <summary>The probability that a selected device gives no answer in a round, at least 0 and below 1. Default: 0.</summary>
    public double DropOut { get; init; }

    /// <summary>How fast devices are and when they are online, by a virtual clock. Default: null, which is no such clock: rounds take the time that
    /// they take.</summary>
    public ProfilesSection? Profiles { get; init; }
}
