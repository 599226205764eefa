namespace Sheaf.Learning.Devices;

/// <summary>What a device may keep: so many examples, for so long. The stricter rule decides; without rules everything stays.</summary>
/// <remarks>Only the newest examples ever stay, so what is kept is always the tail of the examples in the order of their times.</remarks>
public sealed record RetentionPolicy
{
    /// <summary>Keeps everything.</summary>
    public static readonly RetentionPolicy KeepAll = new();

    /// <summary>The most examples kept, the newest, at least 1; null (the default) for no limit.</summary>
    public int? ExamplesMax { get; init; }

    /// <summary>
    /// How long an example is kept, above zero: it expires exactly this long after its time. Null (the default) for no limit.
    /// </summary>
    public TimeSpan? AgeMax { get; init; }

    /// <summary>What is wrong with the policy, all of it, each with its remedy.</summary>
    /// <returns>One sentence per mistake; none for a policy that can be used.</returns>
    public IEnumerable<string> Problems()
    {
        if (ExamplesMax < 1)
            yield return $"{nameof(ExamplesMax)} is {ExamplesMax}: choose at least 1, or leave it out to keep any number.";
        if (AgeMax <= TimeSpan.Zero)
            yield return $"{nameof(AgeMax)} is {AgeMax}: choose a time above zero, or leave it out to keep examples for ever.";
    }

    /// <summary>Finds where what is kept starts.</summary>
    /// <param name="timesAscending">The times of the examples, none before its predecessor.</param>
    /// <param name="asOf">The time now.</param>
    /// <returns>The index of the first example that stays; the number of examples when none does.</returns>
    /// <exception cref="InvalidOperationException">The policy has mistakes; the message names all of them.</exception>
    public int FirstKept(ReadOnlySpan<DateTimeOffset> timesAscending, DateTimeOffset asOf)
    {
        EnsureUsable();
        var byCount = ExamplesMax is { } max ? Math.Max(0, timesAscending.Length - max) : 0;
        return AgeMax is { } age ? Math.Max(byCount, CountExpired(timesAscending, asOf, age)) : byCount;
    }

    /// <summary>Finds when the next example will expire by its age.</summary>
    /// <inheritdoc cref="FirstKept"/>
    /// <returns>When the oldest example that stays will expire; null when none stays, or none ever expires.</returns>
    public DateTimeOffset? NextExpiry(ReadOnlySpan<DateTimeOffset> timesAscending, DateTimeOffset asOf)
    {
        var first = FirstKept(timesAscending, asOf);
        if (AgeMax is not { } age || first == timesAscending.Length || DateTimeOffset.MaxValue - timesAscending[first] < age)
        {
            return null;
        }

        return timesAscending[first] + age;
    }

    private static int CountExpired(ReadOnlySpan<DateTimeOffset> times, DateTimeOffset asOf, TimeSpan age)
    {
        // Ages are compared, not expiry times: a time plus a very long age would leave the calendar.
        var (low, high) = (0, times.Length);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (asOf - times[middle] >= age)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Refuses a policy with mistakes.</summary>
    /// <exception cref="InvalidOperationException">The policy has mistakes; the message names all of them.</exception>
    internal void EnsureUsable()
    {
        if (ExamplesMax < 1 || AgeMax <= TimeSpan.Zero)
        {
            throw new InvalidOperationException($"This retention policy cannot be used. {string.Join(" ", Problems())}");
        }
    }
}
