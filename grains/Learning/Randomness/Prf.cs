namespace Sheaf.Learning.Randomness;

/// <summary>
/// The pseudo-random function behind every random choice: a value depends on (seed, purpose, coordinates) alone, never on a
/// lane, a silo, an attempt or the time. Not for cryptography.
/// </summary>
/// <remarks>
/// The mixer is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014), a bijection of 64 bits.
/// </remarks>
public static class Prf
{
    internal const ulong GoldenGamma = 0x9E37_79B9_7F4A_7C15;

    /// <summary>Mixes 64 bits bijectively.</summary>
    /// <param name="value">Any value.</param>
    /// <returns>A value in which every bit depends on every bit of <paramref name="value"/>.</returns>
    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
            return value ^ (value >> 31);
        }
    }

    /// <summary>The value at a coordinate.</summary>
    /// <param name="seed">The seed of the task or of the population.</param>
    /// <param name="purpose">What the value is for.</param>
    /// <param name="first">First coordinate, usually the round or the period.</param>
    /// <param name="second">Second coordinate, usually the device's position or a tree node.</param>
    /// <param name="third">Third coordinate.</param>
    /// <returns>64 random bits.</returns>
    public static ulong Value(ulong seed, Purpose purpose, ulong first = 0, ulong second = 0, ulong third = 0)
    {
        unchecked
        {
            var state = Mix(seed + GoldenGamma);
            state = Mix((state ^ (ulong)purpose) + GoldenGamma);
            state = Mix((state ^ first) + GoldenGamma);
            state = Mix((state ^ second) + GoldenGamma);
            return Mix((state ^ third) + GoldenGamma);
        }
    }

    /// <summary>The sequence of values that starts at a coordinate.</summary>
    /// <inheritdoc cref="Value"/>
    /// <returns>A sequence of its own for each coordinate.</returns>
    public static PrfSequence Sequence(ulong seed, Purpose purpose, ulong first = 0, ulong second = 0, ulong third = 0) =>
        new(Value(seed, purpose, first, second, third));
}
