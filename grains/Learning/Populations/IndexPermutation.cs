using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Populations;

/// <summary>
/// A pseudo-random bijection of [0, count) in O(1) time and memory: the generalised Feistel cipher with cycle walking
/// (Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002, sections 4 and 5).
/// </summary>
/// <remarks>An index is written as (left, right) in Z_a × Z_b with a·b ≥ count; a round adds a function of one half to the other,
/// which is invertible whatever the function. a·b exceeds count by less than a, so values rarely walk.</remarks>
internal readonly struct IndexPermutation
{
    private const int RoundPairs = 3;

    private readonly ulong _count;
    private readonly ulong _key;
    private readonly ulong _leftSize;
    private readonly ulong _rightSize;

    /// <summary>Chooses a bijection.</summary>
    /// <param name="count">How many indices there are, at least 1.</param>
    /// <param name="key">Which bijection.</param>
    public IndexPermutation(long count, ulong key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _count = (ulong)count;
        _key = key;
        _leftSize = (ulong)Math.Ceiling(Math.Sqrt(count));
        _rightSize = (_count + _leftSize - 1) / _leftSize;
    }

    /// <summary>Where an index goes.</summary>
    /// <param name="index">An index in [0, count).</param>
    /// <returns>A value in [0, count), a different one for each index.</returns>
    public long Of(long index)
    {
        var value = (ulong)index;
        do
        {
            value = Encipher(value);
        }
        while (value >= _count);

        return (long)value;
    }

    private ulong Encipher(ulong value)
    {
        var (left, right) = Math.DivRem(value, _rightSize);
        var key = _key;
        for (var pair = 0; pair < RoundPairs; pair++)
        {
            left = Add(left, Below(unchecked(key += Prf.GoldenGamma) ^ right, _leftSize), _leftSize);
            right = Add(right, Below(unchecked(key += Prf.GoldenGamma) ^ left, _rightSize), _rightSize);
        }

        return (left * _rightSize) + right;
    }

    private static ulong Below(ulong value, ulong bound) => Math.BigMul(Prf.Mix(value), bound, out _);

    private static ulong Add(ulong a, ulong b, ulong modulus) => a + b >= modulus ? a + b - modulus : a + b;
}
