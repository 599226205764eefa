namespace Sheaf.Learning.Selection;

/// <summary>A device that was drawn.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Shard">Its shard.</param>
/// <param name="Index">Its index in the arrays from which the shard was built.</param>
/// <param name="Inclusion">Its inclusion probability π, in (0, 1].</param>
/// <param name="MeanInclusion">The mean inclusion probability of all devices that could be drawn, K/N: the same for the whole cohort.</param>
public readonly record struct CohortMember(ulong Position, int Shard, int Index, double Inclusion, double MeanInclusion)
{
    /// <summary>
    /// (K/N)/π: how much less likely than an average device this one was to be drawn. Never above 1/ρ with a floor ρ: masses are shares of
    /// w' ≥ ρ/N of K zones, and capping others only raises them.
    /// </summary>
    public double InverseInclusion => MeanInclusion / Inclusion;
}
