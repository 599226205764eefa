using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>A device's counts.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Activity">Examples to train on that it holds; with <paramref name="IsOverfull"/>, some of them are deleted when the period is settled.</param>
/// <param name="HeldOut">Examples it keeps for evaluation.</param>
/// <param name="Version">The device's version: of two counts the one with the higher version is the newer.</param>
/// <param name="Period">The period of the latest of its examples, or of the latest change of its counts.</param>
/// <param name="Fresh">Examples to train on that came with that period, deleted ones too.</param>
/// <param name="Made">All examples to train on that it ever made and that were not erased.</param>
/// <param name="ByPeriod">Its activity by the period in which examples came, ascending; periods without any are left out.</param>
/// <param name="IsOverfull">Whether it holds more than its policy allows, until new examples have been scored.</param>
/// <param name="Stale">Its activity in the period before <paramref name="Period"/>; of a pushed device known to the shard alone.</param>
/// <param name="NextExpiry">When the first of its examples expires by its age; null when none does.</param>
/// <param name="NextExpiryPeriod">With which period the first of its examples goes; null when none does.</param>
/// <param name="PolicyVersion">The version of the population's policy that this goes by.</param>
/// <param name="Deviation">What sets a generated device apart; null for a pushed one.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DeviceCounts")]
internal sealed record DeviceCounts(
    [property: Id(0)] string DeviceId,
    [property: Id(1)] int Activity,
    [property: Id(2)] int HeldOut,
    [property: Id(3)] long Version,
    [property: Id(4)] int Period,
    [property: Id(5)] int Fresh,
    [property: Id(6)] int Made,
    [property: Id(7)] ImmutableArray<PeriodCount> ByPeriod,
    [property: Id(8)] bool IsOverfull = false,
    [property: Id(9)] int Stale = 0,
    [property: Id(10)] DateTimeOffset? NextExpiry = null,
    [property: Id(11)] int? NextExpiryPeriod = null,
    [property: Id(12)] int PolicyVersion = 0,
    [property: Id(13)] GeneratedDeviation? Deviation = null)
{
    /// <summary>Whether the device must be woken, because it holds more than it may keep at a moment.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>True when something is to be deleted, or may be under a policy that the counts do not know.</returns>
    public bool IsDue(PopulationMoment moment) =>
        IsOverfull || NextExpiry <= moment.Time || NextExpiryPeriod <= moment.Period || PolicyVersion < moment.PolicyVersion;

    /// <summary>Whether the device should have deleted something by a moment, and has not said that it has.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>True when something is past its expiry, or may be under a policy that the device has not been told of.</returns>
    public bool IsOverdue(PopulationMoment moment) =>
        IsDue(moment) && (!IsOverfull || (moment.IsSettled && Period <= moment.Period) || (this with { IsOverfull = false }).IsDue(moment));

    /// <summary>Whether the device holds nothing and never made anything.</summary>
    public bool IsNothing => this is { Activity: 0, HeldOut: 0, Made: 0 };

    /// <summary>These counts as the shard keeps them.</summary>
    /// <param name="known">What it knew; null when it had not heard of the device.</param>
    /// <returns>The newer of the two, with the activity of the period before.</returns>
    public DeviceCounts After(DeviceCounts? known)
    {
        // Answers overtake one another: an intake that began before an erase must not bring its counts back after it.
        if (known is null || Version < known.Version)
        {
            return known ?? this;
        }

        // What was erased is gone from old counts, too; what a policy deleted is not: the server has not heard of it yet.
        var stale = Period > known.Period ? known.Activity : known.Stale;
        return this with { Stale = Made < known.Made ? Math.Min(stale, Activity) : stale };
    }

    /// <summary>The count that a draw goes by.</summary>
    /// <param name="basis">Which count.</param>
    /// <param name="period">The population's period.</param>
    /// <param name="decay">γ, in (0, 1]: with the current counts, an example of a periods ago counts γ^a.</param>
    /// <returns>The count.</returns>
    public int By(DrawBasis basis, int period, double decay = 1) => basis switch
    {
        DrawBasis.HeldOut => HeldOut,
        DrawBasis.Stale => Made == 0 ? 0 : Math.Max(1, Period == period ? Stale : Activity),
        DrawBasis.Bucketed => EffectiveActivity.Bucketed(ActivityAt(period)),
        DrawBasis.Fresh => Period == period ? Fresh : 0,
        DrawBasis.Made => Made,
        _ when decay < 1 => EffectiveActivity.Decayed(CountsUpTo(period), decay),
        _ => ActivityAt(period),
    };

    // What has come already of a period that is not open yet does not count before it is.
    private int ActivityAt(int period) =>
        ByPeriod.IsEmpty || ByPeriod[^1].Period <= period ? Activity : ByPeriod.Where(each => each.Period <= period).Sum(each => each.Examples);

    private int[] CountsUpTo(int period)
    {
        var counts = new int[ByPeriod.IsEmpty ? 0 : Math.Max(0, period - ByPeriod[0].Period + 1)];
        foreach (var each in ByPeriod.Where(each => each.Period <= period))
        {
            counts[each.Period - ByPeriod[0].Period] = each.Examples;
        }

        return counts;
    }
}

/// <summary>Examples that came with one period.</summary>
/// <param name="Period">The period.</param>
/// <param name="Examples">How many a device still has to train on.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PeriodCount")]
internal readonly record struct PeriodCount([property: Id(0)] int Period, [property: Id(1)] int Examples)
{
    /// <summary>Counts examples.</summary>
    /// <param name="periods">The period of each.</param>
    /// <returns>The counts, ascending by period.</returns>
    public static ImmutableArray<PeriodCount> Of(IEnumerable<int> periods) =>
        [.. periods.CountBy(period => period).Select(count => new PeriodCount(count.Key, count.Value)).OrderBy(count => count.Period)];
}
