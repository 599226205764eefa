namespace Sheaf.Learning.Selection;

/// <summary>What a shard's active devices add up to. Exact integers, so totals do not depend on how a population is cut.</summary>
/// <param name="Devices">How many devices are active: have examples, and a weight above 0.</param>
/// <param name="WeightUnits">Σ of their weights in units of 2⁻³².</param>
public readonly record struct ShardTotals(long Devices, Int128 WeightUnits)
{
    private const double UnitsPerOne = 1L << 32;
    private const int WeightExponentMax = 64;

    /// <summary>The totals of both.</summary>
    /// <param name="left">One shard's totals.</param>
    /// <param name="right">Another's.</param>
    /// <returns>Their sum.</returns>
    public static ShardTotals operator +(ShardTotals left, ShardTotals right) => Add(left, right);

    /// <summary>The totals of both.</summary>
    /// <param name="left">One shard's totals.</param>
    /// <param name="right">Another's.</param>
    /// <returns>Their sum.</returns>
    public static ShardTotals Add(ShardTotals left, ShardTotals right) =>
        new(checked(left.Devices + right.Devices), checked(left.WeightUnits + right.WeightUnits));

    /// <summary>The weight of an active device in units of 2⁻³².</summary>
    /// <param name="weights">The rule.</param>
    /// <param name="activity">The device's activity, at least 1.</param>
    /// <returns>At least 1 unit, or 0 for a device that is never to be selected.</returns>
    /// <exception cref="InvalidOperationException">The rule breaks its contract.</exception>
    internal static Int128 UnitsOf(ISelectionWeights weights, int activity)
    {
        var weight = weights.WeightOf(activity);
        if (!(weight >= 0 && weight <= Math.ScaleB(1, WeightExponentMax)))
        {
            throw new InvalidOperationException(
                $"The weights '{weights.Name}' give an activity of {activity} the weight {weight}: " +
                $"a weight is at least 0 and at most 2^{WeightExponentMax}; choose a smaller exponent or scale.");
        }

        return weight == 0 ? 0 : Int128.Max(1, (Int128)Math.Round(weight * UnitsPerOne));
    }
}

/// <summary>How many devices have at least a certain mass, and what they add up to.</summary>
/// <param name="Devices">How many there are.</param>
/// <param name="Mass">Σ of their masses before capping.</param>
public readonly record struct MassTotals(long Devices, long Mass)
{
    /// <summary>The totals of both.</summary>
    /// <param name="left">One shard's totals.</param>
    /// <param name="right">Another's.</param>
    /// <returns>Their sum.</returns>
    public static MassTotals operator +(MassTotals left, MassTotals right) => Add(left, right);

    /// <summary>The totals of both.</summary>
    /// <param name="left">One shard's totals.</param>
    /// <param name="right">Another's.</param>
    /// <returns>Their sum.</returns>
    public static MassTotals Add(MassTotals left, MassTotals right) =>
        new(checked(left.Devices + right.Devices), checked(left.Mass + right.Mass));
}
