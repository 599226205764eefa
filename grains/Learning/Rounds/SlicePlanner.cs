namespace Sheaf.Learning.Rounds;

/// <summary>Cuts a cohort into slices.</summary>
public static class SlicePlanner
{
    /// <summary>The most devices of one slice.</summary>
    public const int DevicesMax = 256;

    /// <summary>Groups a cohort by silo and cuts each group, in the order of the cohort, into slices of equal size, as few as possible.</summary>
    /// <param name="silos">For each device of the sorted cohort, the silo of its shard.</param>
    /// <returns>The slices, sorted by silo and by first device.</returns>
    public static IReadOnlyList<PlannedSlice> Plan(IReadOnlyList<string> silos)
    {
        ArgumentNullException.ThrowIfNull(silos);
        return
        [
            .. Enumerable.Range(0, silos.Count)
                .GroupBy(device => silos[device], StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .SelectMany(group => Cut(group.Key, [.. group])),
        ];
    }

    private static IEnumerable<PlannedSlice> Cut(string silo, int[] devices)
    {
        var count = (devices.Length + DevicesMax - 1) / DevicesMax;
        return Enumerable.Range(0, count).Select(part =>
            new PlannedSlice(silo, [.. devices[(devices.Length * part / count)..(devices.Length * (part + 1) / count)]]));
    }
}
