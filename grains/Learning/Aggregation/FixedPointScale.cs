namespace Sheaf.Learning.Aggregation;

/// <summary>How real values become the integers of a <see cref="FixedPointSum"/>: value · 2^<see cref="FractionBits"/>, rounded to even.</summary>
/// <remarks>
/// A clipped update has no coordinate above the clip norm, so a sum of N updates of weight at most W stays below N·W·clip.
/// The scale leaves one bit of headroom above that, so no order of additions can overflow.
/// </remarks>
/// <param name="FractionBits">The bits below the point; negative for very large bounds.</param>
public readonly record struct FixedPointScale(int FractionBits)
{
    private const int MagnitudeBits = 62;
    private const int FractionBitsMax = 48;

    /// <summary>2^<see cref="FractionBits"/>: units per one.</summary>
    public double UnitsPerOne => Math.ScaleB(1, FractionBits);

    /// <summary>The finest scale that cannot overflow.</summary>
    /// <param name="clipNorm">The ℓ² norm that no update exceeds, above 0.</param>
    /// <param name="weightMax">The largest weight of one update, above 0.</param>
    /// <param name="updatesMax">The most updates in a sum, at least 1.</param>
    /// <returns>The scale.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not above 0, or not finite.</exception>
    public static FixedPointScale FromBounds(double clipNorm, double weightMax, long updatesMax)
    {
        EnsurePositive(clipNorm, nameof(clipNorm));
        EnsurePositive(weightMax, nameof(weightMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(updatesMax, 1);
        // Rounding adds half a unit per update, which the second updatesMax covers.
        var largest = (clipNorm * weightMax * updatesMax) + updatesMax;
        return new FixedPointScale(Math.Min(FractionBitsMax, MagnitudeBits - (int)Math.Ceiling(Math.Log2(largest))));
    }

    private static void EnsurePositive(double value, string name)
    {
        if (!(value > 0) || !double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "A bound is a finite number above 0.");
        }
    }
}
