using System.Collections.Immutable;

namespace Sheaf.Learning.Rounds;

/// <summary>One line of a round's ledger.</summary>
/// <param name="Devices">The slice's devices by their index in the cohort, ascending.</param>
/// <param name="Silo">Where it is to run, and after sealing where it ran.</param>
/// <param name="Attempt">The attempt that counts, starting at 1. Reports of any other attempt are ignored.</param>
/// <param name="Status">How far that attempt has come.</param>
public sealed record SliceEntry(ImmutableArray<int> Devices, string Silo, int Attempt, SliceStatus Status)
{
    /// <summary>Which of the silo's sums the attempt goes into, from the moment it is accepted; 0 before.</summary>
    public int Generation { get; init; }

    internal SliceEntry Again() => this with { Attempt = Attempt + 1, Status = SliceStatus.Pending, Generation = 0 };
}
