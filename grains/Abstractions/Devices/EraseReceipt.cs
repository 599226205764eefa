using System.Collections.Immutable;

namespace Sheaf.Abstractions.Devices;

/// <summary>What an erase did.</summary>
/// <param name="Number">Its number in the cluster's journal of erasures, from 1.</param>
/// <param name="Scope">What was to be erased.</param>
/// <param name="IsWithdrawal">Whether the device's consent was withdrawn with it: nothing comes in any more.</param>
/// <param name="Examples">How many examples it removed that the device held.</param>
/// <param name="LogicallyErasedAt">When no live reference and no stored state held them any more.</param>
/// <param name="PhysicallyErasedAt">When a purge had rewritten the storage's files since; null before.</param>
/// <param name="InFlight">What it met in each task that trains on the population; empty when no cohort under way had the device.</param>
/// <param name="UsedBy">The committed rounds whose checkpoints have an update of the device that may have used the examples, by task; empty
/// when there is none.</param>
[GenerateSerializer, Immutable, Alias("sheaf.EraseReceipt")]
public sealed record EraseReceipt(
    [property: Id(0)] long Number,
    [property: Id(1)] EraseSpec Scope,
    [property: Id(2)] bool IsWithdrawal,
    [property: Id(3)] int Examples,
    [property: Id(4)] DateTimeOffset LogicallyErasedAt,
    [property: Id(5)] DateTimeOffset? PhysicallyErasedAt,
    [property: Id(6)] ImmutableArray<EraseFence> InFlight,
    [property: Id(7)] ImmutableArray<DeviceRounds> UsedBy);

/// <summary>The rounds of a task that a device took part in.</summary>
/// <param name="Task">The task.</param>
/// <param name="Rounds">The committed rounds whose checkpoint has an update of the device, ascending.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DeviceRounds")]
public sealed record DeviceRounds([property: Id(0)] string Task, [property: Id(1)] ImmutableArray<int> Rounds);

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
