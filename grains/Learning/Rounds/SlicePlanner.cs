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

    /// <summary>Cuts each group of a cohort, in the order of the cohort, into slices of equal size, as few as possible. Groups and slices do not depend
    /// on which silos there are.</summary>
    /// <param name="groups">For each device of the sorted cohort, its group.</param>
    /// <param name="silos">For each device the silo of its shard; of a group, the first device's counts.</param>
    /// <returns>The slices with their groups, sorted by group and by first device.</returns>
    public static IReadOnlyList<(int Group, PlannedSlice Slice)> Plan(IReadOnlyList<int> groups, IReadOnlyList<string> silos)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(silos);
        return
        [
            .. Enumerable.Range(0, groups.Count)
                .GroupBy(device => groups[device])
                .OrderBy(group => group.Key)
                .SelectMany(group => Cut(silos[group.First()], [.. group]).Select(slice => (group.Key, slice))),
        ];
    }

    private static IEnumerable<PlannedSlice> Cut(string silo, int[] devices)
    {
        var count = (devices.Length + DevicesMax - 1) / DevicesMax;
        return Enumerable.Range(0, count).Select(part =>
            new PlannedSlice(silo, [.. devices[(devices.Length * part / count)..(devices.Length * (part + 1) / count)]]));
    }
}
