using Sheaf.Abstractions.Devices;

namespace Sheaf.Grains.Erasures;

/// <summary>
/// The cluster's journal of erasures. It is kept apart from the grains' storage, so that a storage that is restored from a backup can be told
/// again what had been erased since. Ids, times and labels only, never an example. Thread-safe.
/// </summary>
public interface IErasureJournal
{
    /// <summary>Adds an erasure, before anything is erased.</summary>
    /// <param name="erasure">The erasure.</param>
    /// <param name="after">A number that is taken, whether the journal still has it or not; 0 when none is.</param>
    /// <returns>Its number, above all that are taken, from 1; when it is on the disk.</returns>
    ValueTask<long> AppendAsync(Erasure erasure, long after);

    /// <summary>Reads what was added.</summary>
    /// <param name="after">The number after which to begin; 0 for all.</param>
    /// <returns>The erasures with their numbers, ascending.</returns>
    ValueTask<IReadOnlyList<JournaledErasure>> ReadAsync(long after);
}

/// <summary>An erasure.</summary>
/// <param name="Population">The device's population.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Scope">Which of its examples.</param>
/// <param name="UpTo">The highest id that had been handed out by then: what came later is not meant.</param>
/// <param name="IsWithdrawal">Whether the device's consent was withdrawn with it.</param>
/// <param name="At">When it was asked for.</param>
[GenerateSerializer, Immutable, Alias("sheaf.Erasure")]
public sealed record Erasure(
    [property: Id(0)] string Population,
    [property: Id(1)] string DeviceId,
    [property: Id(2)] EraseSpec Scope,
    [property: Id(3)] long UpTo,
    [property: Id(4)] bool IsWithdrawal,
    [property: Id(5)] DateTimeOffset At);

/// <summary>An erasure in the journal.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Erasure">The erasure.</param>
[GenerateSerializer, Immutable, Alias("sheaf.JournaledErasure")]
public sealed record JournaledErasure([property: Id(0)] long Number, [property: Id(1)] Erasure Erasure);
