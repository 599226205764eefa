namespace Sheaf.Learning.Randomness;

/// <summary>A SplitMix64 sequence of random values. A value type: a copy continues on its own. Not thread-safe.</summary>
/// <param name="key">Where the sequence starts, usually from <see cref="Prf.Sequence"/>.</param>
public struct PrfSequence(ulong key)
{
    private ulong _state = key;

    /// <summary>The next 64 bits.</summary>
    /// <returns>A value uniform over all of <see cref="ulong"/>.</returns>
    public ulong NextUInt64()
    {
        unchecked
        {
            _state += Prf.GoldenGamma;
            return Prf.Mix(_state);
        }
    }

    /// <summary>The next double.</summary>
    /// <returns>A value uniform in [0, 1), a multiple of 2⁻⁵³.</returns>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next integer below a bound, without modulo bias.</summary>
    /// <param name="bound">The exclusive upper bound, at least 1.</param>
    /// <returns>A value uniform in [0, bound).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is below 1.</exception>
    public int NextInt32(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)NextUInt64((ulong)bound);
    }

    /// <summary>The next integer below a bound, without modulo bias (Lemire, "Fast random integer generation in an interval", 2019).</summary>
    /// <param name="bound">The exclusive upper bound, at least 1.</param>
    /// <returns>A value uniform in [0, bound).</returns>
    public ulong NextUInt64(ulong bound)
    {
        var high = Math.BigMul(NextUInt64(), bound, out var low);
        if (low < bound)
        {
            var threshold = unchecked(0 - bound) % bound;
            while (low < threshold)
            {
                high = Math.BigMul(NextUInt64(), bound, out low);
            }
        }

        return high;
    }

    /// <summary>The next standard normal value (Box and Muller, 1958; the second of the pair is dropped).</summary>
    /// <returns>A value of mean 0 and variance 1.</returns>
    public double NextGaussian()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Puts items in a uniformly random order (Fisher and Yates; Durstenfeld, 1964).</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The items, reordered in place.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt32(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
