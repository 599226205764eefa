using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>One round that is over.</summary>
/// <param name="Round">The round, starting at 1.</param>
/// <param name="Abandoned">Why it was abandoned; null when it was committed.</param>
/// <param name="Cohort">Devices selected.</param>
/// <param name="Outcomes">Devices by outcome; every device of the cohort is in exactly one, unless training could not be finished.</param>
/// <param name="Examples">Examples trained on.</param>
/// <param name="TrainLoss">Mean training loss over the devices that trained; null when none did.</param>
/// <param name="Evaluation">How the checkpoint scored; null when it was not evaluated.</param>
/// <param name="UpdateBytes">Bytes of parameters that the devices' updates touched.</param>
/// <param name="Checkpoint">The SHA-256 of the checkpoint that the round ended with.</param>
/// <param name="Repeatable">Whether the same study and seed must give this round again, bit for bit.</param>
/// <param name="Attempts">The most attempts that a slice needed.</param>
/// <param name="Seconds">Seconds spent in each phase.</param>
/// <param name="Period">The population's period in which it ran, from 0.</param>
/// <param name="Time">When it was by the virtual clock; null without one.</param>
[GenerateSerializer, Immutable, Alias("sheaf.RoundRecord")]
public sealed record RoundRecord(
    [property: Id(0)] int Round,
    [property: Id(1)] string? Abandoned,
    [property: Id(2)] int Cohort,
    [property: Id(3)] DeviceOutcomes Outcomes,
    [property: Id(4)] long Examples,
    [property: Id(5)] double? TrainLoss,
    [property: Id(6)] EvaluationRecord? Evaluation,
    [property: Id(7)] long UpdateBytes,
    [property: Id(8)] string Checkpoint,
    [property: Id(9)] bool Repeatable,
    [property: Id(10)] int Attempts,
    [property: Id(11)] ImmutableSortedDictionary<RoundPhase, double> Seconds,
    [property: Id(12)] int Period = 0,
    [property: Id(13)] RoundTime? Time = null);

/// <summary>A round by the virtual clock. Evaluation takes no time by it.</summary>
/// <param name="Start">Seconds from the start of the task to its start.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Online">How many devices were there to be selected; null with <c>round-robin</c>, which asks only those whose turn it is.</param>
[GenerateSerializer, Immutable, Alias("sheaf.RoundTime")]
public sealed record RoundTime([property: Id(0)] double Start, [property: Id(1)] double Seconds, [property: Id(2)] long? Online);

/// <summary>A cohort by outcome.</summary>
/// <param name="Trained">Devices that gave an update; unless the round was abandoned, it is in the checkpoint.</param>
/// <param name="Declined">Devices with nothing to train on.</param>
/// <param name="Failed">Devices that threw.</param>
/// <param name="Late">Devices whose update had not come when the round ended.</param>
/// <param name="Erased">Devices erased while the round was under way.</param>
/// <param name="NotFinite">Updates with a NaN or an infinite value, dropped.</param>
/// <param name="OutOfBounds">Updates beyond the reject norm, dropped.</param>
/// <param name="DroppedOut">Virtual devices that gave no answer because the population's drop-out took them, or because they went offline.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DeviceOutcomes")]
public sealed record DeviceOutcomes(
    [property: Id(0)] int Trained,
    [property: Id(1)] int Declined,
    [property: Id(2)] int Failed,
    [property: Id(3)] int Late,
    [property: Id(4)] int Erased,
    [property: Id(5)] int NotFinite,
    [property: Id(6)] int OutOfBounds,
    [property: Id(7)] int DroppedOut = 0)
{
    /// <summary>Every outcome as metrics name it, none of it missing.</summary>
    /// <returns>The outcomes with their numbers of devices. No property: rounds are written with theirs.</returns>
    public IEnumerable<(string Outcome, int Devices)> ByName() =>
    [
        ("trained", Trained), ("declined", Declined), ("failed", Failed), ("late", Late), ("erased", Erased),
        ("not_finite", NotFinite), ("out_of_bounds", OutOfBounds), ("dropped_out", DroppedOut),
    ];
}
