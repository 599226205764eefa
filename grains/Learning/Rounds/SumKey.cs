namespace Sheaf.Learning.Rounds;

/// <summary>One sum of a round, live or stored.</summary>
/// <param name="Silo">The silo that collected it.</param>
/// <param name="Generation">Which of the silo's sums, from 1.</param>
public readonly record struct SumKey(string Silo, int Generation);
