using System.Collections.Immutable;
using System.Globalization;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Activity;

/// <summary>What a generated device holds, or would hold if it woke, without waking it.</summary>
internal static class GeneratedForecast
{
    /// <summary>The counts of a device that has done nothing but take in what is generated and apply its population's policy.</summary>
    /// <param name="view">The population.</param>
    /// <param name="device">The device.</param>
    /// <param name="period">The population's period, from 0.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts Of(PopulationView view, long device, int period)
    {
        var generator = view.Generator!;
        var (made, heldOut, fresh) = (0, 0, 0);
        for (var each = 0; each <= period; each++)
        {
            (fresh, var kept) = generator.SplitOf(device, each);
            (made, heldOut) = (made + fresh, heldOut + kept);
        }

        var byPeriod = RetainedOf(view, device, period);
        return new DeviceCounts(
            device.ToString(CultureInfo.InvariantCulture),
            byPeriod.Sum(count => count.Examples),
            heldOut,
            0,
            period,
            fresh,
            made,
            byPeriod,
            Stale: period == 0 ? 0 : RetainedOf(view, device, period - 1).Sum(count => count.Examples));
    }

    /// <summary>The counts of a device that has noted others, with what it has been given since. What its policy has deleted since of what it
    /// noted is taken off by whole periods: exactly, but for ages that end within a period, which the device corrects when it wakes.</summary>
    /// <param name="view">The population.</param>
    /// <param name="noted">What it noted.</param>
    /// <param name="device">The device.</param>
    /// <param name="period">The population's period, from 0.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts Of(PopulationView view, DeviceCounts noted, long device, int period)
    {
        var counts = noted;
        for (var each = noted.Period + 1; each <= period; each++)
        {
            var (fresh, heldOut) = view.Generator!.SplitOf(device, each);
            ImmutableArray<PeriodCount> byPeriod = [.. counts.ByPeriod, .. fresh > 0 ? [new PeriodCount(each, fresh)] : Array.Empty<PeriodCount>()];
            byPeriod = view.Trim(byPeriod, each);
            counts = counts with
            {
                Activity = byPeriod.Sum(count => count.Examples),
                HeldOut = counts.HeldOut + heldOut,
                Period = each,
                Fresh = fresh,
                Made = counts.Made + fresh,
                ByPeriod = byPeriod,
                Stale = counts.Activity,
            };
        }

        return counts;
    }

    private static ImmutableArray<PeriodCount> RetainedOf(PopulationView view, long device, int period)
    {
        var (generator, retention) = (view.Generator!, view.Retention);
        var facts = Enumerable.Range(0, period + 1).SelectMany(each => generator.FactsOf(device, each, retention.BytesMax is not null)).ToArray();
        return PeriodCount.Of(view.Kept(facts, DevicePosition.OfIndex((ulong)device), new RetentionMoment(view.EndOf(period), period)).Select(kept => facts[kept].Period));
    }
}
