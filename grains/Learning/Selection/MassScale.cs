namespace Sheaf.Learning.Selection;

/// <summary>
/// Turns a weight into an integer mass proportional to w' = (1 − ρ)·w/Σw + ρ/N. From here on a draw is integer arithmetic: sums are
/// exact, whatever their order.
/// </summary>
/// <remarks>Masses rise with weights. A weight below about 2⁻⁵² of the total is rounded up to one unit of mass.</remarks>
/// <param name="PerWeightUnit">Mass per unit of weight.</param>
/// <param name="PerDevice">Mass that every active device has: the floor.</param>
public readonly record struct MassScale(double PerWeightUnit, double PerDevice)
{
    private const int TotalBitsMax = 52;
    private const int DrawBits = 61;

    /// <summary>The finest scale at which K times the total mass still fits in 64 bits.</summary>
    /// <param name="totals">The population's totals; at least one device.</param>
    /// <param name="floor">The exploration floor ρ, in [0, 1).</param>
    /// <param name="cohort">The cohort K, at least 1.</param>
    /// <returns>The scale.</returns>
    public static MassScale From(ShardTotals totals, double floor, int cohort)
    {
        var bits = Math.Min(TotalBitsMax, DrawBits - (32 - int.LeadingZeroCount(cohort)));
        var total = Math.ScaleB(1, bits);
        return new MassScale((1 - floor) * total / (double)totals.WeightUnits, floor * total / totals.Devices);
    }

    /// <summary>The mass of a weight.</summary>
    /// <param name="weightUnits">The weight in units of 2⁻³².</param>
    /// <returns>At least 1.</returns>
    public long MassOf(Int128 weightUnits) =>
        Math.Max(1, (long)Math.Round(((double)weightUnits * PerWeightUnit) + PerDevice));
}
