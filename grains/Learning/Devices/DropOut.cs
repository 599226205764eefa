using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Devices;

/// <summary>Which selected virtual devices give no answer: each by itself, with the same probability, anew in every round.</summary>
public static class DropOut
{
    /// <summary>Whether a device drops out of a round.</summary>
    /// <param name="probability">The probability that it does, in [0, 1).</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round.</param>
    /// <param name="position">The device's position.</param>
    /// <returns>True when it does: a function of the arguments alone, whoever else is selected and however often a slice is tried.</returns>
    public static bool Takes(double probability, ulong seed, int round, ulong position) =>
        Prf.Sequence(seed, Purpose.DropOut, (ulong)round, position).NextDouble() < probability;
}
