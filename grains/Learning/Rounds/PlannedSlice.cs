using System.Collections.Immutable;

namespace Sheaf.Learning.Rounds;

/// <summary>A part of a cohort that is dispatched, summed and accepted as one.</summary>
/// <param name="Silo">The silo that is nearest to its devices.</param>
/// <param name="Devices">Its devices by their index in the cohort, ascending.</param>
public sealed record PlannedSlice(string Silo, ImmutableArray<int> Devices);
