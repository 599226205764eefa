using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Evaluation;

/// <summary>
/// What sampled devices say about a whole population: Σ y / Σ n over all devices, estimated from those that were drawn with inclusion
/// probabilities π as R = (Σ y/π) / (Σ n/π) (Hájek, 1971), where y is what a device's n examples add up to: how many are
/// recognised, or their loss.
/// </summary>
/// <remarks>
/// <para>The variance is Hájek's (1964) for πps draws of a fixed size, of the linearised ratio (Särndal, Swensson and Wretman, "Model assisted
/// survey sampling", 1992, 5.6): with e = y − R·n and c = 1 − π over the m devices,
/// V = m/(m − 1) · Σ c·(e/π − A)² / (Σ n/π)², A = Σ c·e/π / Σ c. A device that is certain adds nothing to it.</para>
/// <para>Draw evaluators in proportion to their examples, or nearly: 3 standard errors then cover the truth as they should. A uniform draw from
/// heavy-tailed counts mostly misses the heaviest devices, and with them sees too small an error; no formula can know.</para>
/// <para>Laws: every term is a whole number of units before it is summed, so that no order and no grouping of devices changes a bit. Where all
/// π are 1, the estimate is Σ y / Σ n to the last bit, for y that are whole numbers of 2⁻²⁰, as counts are, and its error is 0.</para>
/// <para>Units: 1/π and y are rounded to 2⁻²⁰; the moments of the variance to 2⁻¹⁰ of the squares of what a device stands for.</para>
/// </remarks>
/// <param name="Devices">m, the devices that answered.</param>
/// <param name="Values">Σ y/π, in units of 2⁻⁴⁰.</param>
/// <param name="Examples">Σ n/π, in units of 2⁻²⁰.</param>
/// <param name="Moments">What the variance is made of.</param>
public readonly record struct HajekSums(long Devices, Int128 Values, Int128 Examples, HajekMoments Moments)
{
    /// <summary>Units of <see cref="Examples"/> per example.</summary>
    public const double Unit = 1 << 20;

    /// <summary>The sums of one device.</summary>
    /// <param name="inclusion">π, from <see cref="CohortMember.Inclusion"/>: above 0, at most 1.</param>
    /// <param name="examples">n, at least 0.</param>
    /// <param name="value">y, finite, below 2⁴⁰ in size: how many are recognised, or the loss of all of them.</param>
    /// <returns>Sums to be added up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    /// <exception cref="OverflowException">The device stands for more than 2⁵⁸ examples.</exception>
    public static HajekSums Of(double inclusion, long examples, double value)
    {
        if (!(inclusion > 0 && inclusion <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(inclusion), inclusion, "An inclusion probability is above 0 and at most 1.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        if (!(Math.Abs(value) < Math.ScaleB(1, 40)))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "What a device's examples add up to is finite and below 2^40.");
        }

        var weight = (Int128)Math.Round(Unit / inclusion);
        return new HajekSums(
            1,
            checked(weight * (Int128)Math.Round(value * Unit)),
            checked(weight * examples),
            HajekMoments.Of(1 - inclusion, value / inclusion, examples / inclusion));
    }

    /// <summary>The sums of both.</summary>
    /// <param name="left">Some devices' sums.</param>
    /// <param name="right">Other devices'.</param>
    /// <returns>Their sum.</returns>
    public static HajekSums operator +(HajekSums left, HajekSums right) => Add(left, right);

    /// <summary>The sums of both.</summary>
    /// <param name="left">Some devices' sums.</param>
    /// <param name="right">Other devices'.</param>
    /// <returns>Their sum.</returns>
    public static HajekSums Add(HajekSums left, HajekSums right) => new(
        left.Devices + right.Devices,
        checked(left.Values + right.Values),
        checked(left.Examples + right.Examples),
        left.Moments + right.Moments);

    /// <summary>R, the estimate of the population's mean per example; null when no device that answered has an example.</summary>
    public double? Estimate => Examples == 0 ? null : (double)Values / Unit / (double)Examples;

    /// <summary>
    /// The standard error of <see cref="Estimate"/>: 0 when every device was certain to be drawn; null when there is no estimate, or when a single
    /// device that was not certain has answered, which says nothing about the others.
    /// </summary>
    public double? StandardError
    {
        get
        {
            if (Estimate is not { } ratio || (Devices == 1 && Moments.Chance > 0))
            {
                return null;
            }

            return Moments.Chance == 0
                ? 0
                : Math.Sqrt(Moments.ResidualsAt(ratio) * Devices / (Devices - 1)) / ((double)Examples / Unit);
        }
    }
}
