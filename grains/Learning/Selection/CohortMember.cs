namespace Sheaf.Learning.Selection;

/// <summary>A device that was drawn.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Shard">Its shard.</param>
/// <param name="Index">Its index in the arrays from which the shard was built.</param>
/// <param name="Inclusion">Its inclusion probability π, in (0, 1].</param>
public readonly record struct CohortMember(ulong Position, int Shard, int Index, double Inclusion);
