namespace Sheaf.Grains.Rounds;

/// <summary>Who took part in the last rounds of a task and sits the next one out. Used from its coordinator's turns only.</summary>
/// <param name="log">Who took part in which round.</param>
internal sealed class RestingDevices(RoundLog log)
{
    private readonly Dictionary<int, string[]> _cohorts = [];

    /// <summary>The devices that sit a round out.</summary>
    /// <param name="round">The round.</param>
    /// <param name="gap">How many rounds lie between two of a device, at least 0.</param>
    /// <returns>The cohorts of the <paramref name="gap"/> rounds before it, abandoned ones too.</returns>
    public async Task<IReadOnlyCollection<string>> InAsync(int round, int gap)
    {
        var first = Math.Max(1, round - gap);
        foreach (var old in _cohorts.Keys.Where(known => known < first || known >= round).ToArray())
        {
            _cohorts.Remove(old);
        }

        for (var earlier = first; earlier < round; earlier++)
        {
            if (!_cohorts.ContainsKey(earlier))
            {
                _cohorts.Add(earlier, await log.ReadCohortAsync(earlier));
            }
        }

        return _cohorts.Values.SelectMany(cohort => cohort).ToHashSet(StringComparer.Ordinal);
    }
}
