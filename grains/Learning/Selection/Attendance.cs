using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>Which virtual devices are there to be selected in a round: each by itself, with the same probability, anew in every round.</summary>
/// <param name="Seed">The seed of the task.</param>
/// <param name="Round">The round.</param>
/// <param name="Availability">The probability that a device is there, in (0, 1].</param>
public readonly record struct Attendance(ulong Seed, int Round, double Availability)
{
    /// <summary>Whether a device is there.</summary>
    /// <param name="position">The device's position.</param>
    /// <returns>True when it is: a function of seed, round and position alone.</returns>
    public bool Has(ulong position) => Prf.Sequence(Seed, Purpose.Availability, (ulong)Round, position).NextDouble() < Availability;
}
