namespace Sheaf.Learning.Evaluation;

/// <summary>
/// The sums that the variance of a Hájek estimate is made of, so that nobody needs to keep single devices until the estimate is known. With c
/// = 1 − π, a = y/π and b = n/π of a device; all but the first are in units of 2⁻¹⁰, each term rounded by itself.
/// </summary>
/// <param name="Chance">Σ c, in units of 2⁻⁴⁰.</param>
/// <param name="Values">Σ c·a.</param>
/// <param name="Examples">Σ c·b.</param>
/// <param name="SquaredValues">Σ c·a².</param>
/// <param name="Products">Σ c·a·b.</param>
/// <param name="SquaredExamples">Σ c·b².</param>
public readonly record struct HajekMoments(
    Int128 Chance, Int128 Values, Int128 Examples, Int128 SquaredValues, Int128 Products, Int128 SquaredExamples)
{
    private const int UnitBits = 10;
    private const int ChanceBits = 40;

    /// <summary>The sums of both.</summary>
    /// <param name="left">Some devices' sums.</param>
    /// <param name="right">Other devices'.</param>
    /// <returns>Their sum.</returns>
    public static HajekMoments operator +(HajekMoments left, HajekMoments right) => Add(left, right);

    /// <summary>The sums of both.</summary>
    /// <param name="left">Some devices' sums.</param>
    /// <param name="right">Other devices'.</param>
    /// <returns>Their sum.</returns>
    public static HajekMoments Add(HajekMoments left, HajekMoments right) => checked(new(
        left.Chance + right.Chance,
        left.Values + right.Values,
        left.Examples + right.Examples,
        left.SquaredValues + right.SquaredValues,
        left.Products + right.Products,
        left.SquaredExamples + right.SquaredExamples));

    /// <summary>The sums of one device.</summary>
    internal static HajekMoments Of(double chance, double value, double examples) => new(
        (Int128)Math.Round(Math.ScaleB(chance, ChanceBits)),
        UnitsOf(chance * value),
        UnitsOf(chance * examples),
        UnitsOf(chance * value * value),
        UnitsOf(chance * value * examples),
        UnitsOf(chance * examples * examples));

    /// <summary>Σ c·(e/π − A)² with e = y − R·n; at least 0, whatever rounding has done.</summary>
    internal double ResidualsAt(double ratio)
    {
        var squares = Real(SquaredValues) - (2 * ratio * Real(Products)) + (ratio * ratio * Real(SquaredExamples));
        var sum = Real(Values) - (ratio * Real(Examples));
        return Math.Max(0, squares - (sum * sum / Math.ScaleB((double)Chance, -ChanceBits)));
    }

    private static Int128 UnitsOf(double value) => checked((Int128)Math.Round(Math.ScaleB(value, UnitBits)));

    private static double Real(Int128 units) => Math.ScaleB((double)units, -UnitBits);
}
