using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>
/// The order of all devices in one draw: their positions are the leaves of a binary radix tree over 64 bits, and at every node one
/// pseudo-random bit says whether the right half comes first. A new order for every draw, without moving a device.
/// </summary>
/// <param name="Seed">The seed of the task.</param>
/// <param name="Purpose">The stream of the order.</param>
/// <param name="Round">The round.</param>
public readonly record struct DrawOrder(ulong Seed, Purpose Purpose, int Round)
{
    /// <summary>Whether the right half of a node comes before its left half.</summary>
    /// <param name="prefix">The node's leading bits; all others are 0.</param>
    /// <param name="depth">How many leading bits there are, in [0, 63].</param>
    /// <returns>A pseudo-random bit.</returns>
    public bool IsRightFirst(ulong prefix, int depth) => Prf.Value(Seed, Purpose, (ulong)Round, prefix, (ulong)depth) >> 63 != 0;
}
