namespace Sheaf.Learning.Selection;

/// <summary>The different weights of a shard, ascending, with how many devices have each.</summary>
internal sealed class WeightLevels
{
    private readonly Int128[] _units;
    private readonly int[] _counts;
    private readonly Dictionary<int, int> _levelOfActivity = [];

    public WeightLevels(ReadOnlySpan<int> activities, ISelectionWeights weights)
    {
        var unitsOfActivity = new Dictionary<int, Int128>();
        foreach (var activity in activities)
        {
            if (activity > 0 && !unitsOfActivity.ContainsKey(activity))
            {
                unitsOfActivity.Add(activity, ShardTotals.UnitsOf(weights, activity));
            }
        }

        _units = [.. unitsOfActivity.Values.Where(units => units > 0).Distinct().Order()];
        _counts = new int[_units.Length];
        foreach (var (activity, units) in unitsOfActivity)
        {
            if (units > 0)
            {
                _levelOfActivity.Add(activity, Array.BinarySearch(_units, units));
            }
        }

        foreach (var activity in activities)
        {
            if (_levelOfActivity.TryGetValue(activity, out var level))
            {
                _counts[level]++;
            }
        }

        Totals = TotalsOf(_units, _counts);
    }

    private WeightLevels(WeightLevels all, int[] counts)
    {
        (_units, _levelOfActivity, _counts) = (all._units, all._levelOfActivity, counts);
        Totals = TotalsOf(_units, _counts);
    }

    /// <summary>What all devices add up to.</summary>
    public ShardTotals Totals { get; }

    /// <summary>How many devices have each weight.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>Whether devices of an activity have any weight.</summary>
    public bool Has(int activity) => _levelOfActivity.ContainsKey(activity);

    /// <summary>The level of an activity that has weight.</summary>
    public int LevelOf(int activity) => _levelOfActivity[activity];

    /// <summary>The same levels with fewer devices.</summary>
    /// <param name="levelOf">The level of each device that is left.</param>
    public WeightLevels Of(ReadOnlySpan<int> levelOf)
    {
        var counts = new int[_counts.Length];
        foreach (var level in levelOf)
        {
            counts[level]++;
        }

        return new WeightLevels(this, counts);
    }

    /// <summary>The mass of every level, ascending.</summary>
    public long[] MassesAt(MassScale scale) => Array.ConvertAll(_units, scale.MassOf);

    private static ShardTotals TotalsOf(Int128[] units, int[] counts)
    {
        var totals = default(ShardTotals);
        for (var level = 0; level < units.Length; level++)
        {
            totals += new ShardTotals(counts[level], units[level] * counts[level]);
        }

        return totals;
    }
}

/// <summary>The masses of a shard's levels at one scale, with what the levels from each one up add up to.</summary>
internal sealed class MassLevels
{
    private readonly long[] _masses;
    private readonly MassTotals[] _fromLevel;

    public MassLevels(WeightLevels levels, MassScale scale)
    {
        Scale = scale;
        _masses = levels.MassesAt(scale);
        _fromLevel = new MassTotals[_masses.Length + 1];
        for (var level = _masses.Length - 1; level >= 0; level--)
        {
            long count = levels.Counts[level];
            _fromLevel[level] = _fromLevel[level + 1] + new MassTotals(count, checked(count * _masses[level]));
        }
    }

    public MassScale Scale { get; }

    public ReadOnlySpan<long> Masses => _masses;

    public MassTotals Above(long threshold)
    {
        var (low, high) = (0, _masses.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _masses[middle] >= threshold ? (low, middle) : (middle + 1, high);
        }

        return _fromLevel[low];
    }
}
