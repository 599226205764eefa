using System.Collections.Immutable;

namespace Sheaf.Abstractions.Devices;

/// <summary>What an erase did.</summary>
/// <param name="Examples">How many stored examples it removed.</param>
/// <param name="LogicallyErasedAt">When no live reference and no stored state held them any more.</param>
/// <param name="InFlight">What it met in each task that trains on the population; empty when no cohort under way had the device.</param>
[GenerateSerializer, Immutable, Alias("sheaf.EraseReceipt")]
public sealed record EraseReceipt(
    [property: Id(0)] int Examples,
    [property: Id(1)] DateTimeOffset LogicallyErasedAt,
    [property: Id(2)] ImmutableArray<EraseFence> InFlight);

/// <summary>What an erase met in one task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Round">The round that was under way.</param>
/// <param name="Outcome">What became of the device in that round.</param>
[GenerateSerializer, Immutable, Alias("sheaf.EraseFence")]
public sealed record EraseFence([property: Id(0)] string Task, [property: Id(1)] int Round, [property: Id(2)] EraseFenceOutcome Outcome);

/// <summary>What became of an erased device in a round that was under way.</summary>
[GenerateSerializer, Alias("sheaf.EraseFenceOutcome")]
public enum EraseFenceOutcome
{
    /// <summary>The device was not in the cohort.</summary>
    NotInCohort,

    /// <summary>The device was taken out; what was computed with it was thrown away and runs again without it.</summary>
    TakenOut,

    /// <summary>The commit had begun: the round's checkpoint includes the device.</summary>
    Committed,
}
