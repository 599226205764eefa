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
    /// <param name="first">The first period that was not erased.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts Of(PopulationView view, long device, int period, int first = 0)
    {
        var generator = view.Generator!;
        var (made, heldOut, fresh) = (0, 0, 0);
        for (var each = first; each <= period; each++)
        {
            (fresh, var kept) = generator.SplitOf(device, each);
            (made, heldOut) = (made + fresh, heldOut + kept);
        }

        var byPeriod = RetainedOf(view, device, period, first);
        return new DeviceCounts(
            device.ToString(CultureInfo.InvariantCulture),
            byPeriod.Sum(count => count.Examples),
            heldOut,
            0,
            period,
            fresh,
            made,
            byPeriod,
            Stale: RetainedOf(view, device, period - 1, first).Sum(count => count.Examples));
    }

    private static ImmutableArray<PeriodCount> RetainedOf(PopulationView view, long device, int period, int first)
    {
        if (period < first)
        {
            return [];
        }

        var (generator, retention) = (view.Generator!, view.Retention);
        var facts = Enumerable.Range(first, period - first + 1).SelectMany(each => generator.FactsOf(device, each, retention.BytesMax is not null)).ToArray();
        return PeriodCount.Of(view.Kept(facts, DevicePosition.OfIndex((ulong)device), new RetentionMoment(view.EndOf(period), period)).Select(kept => facts[kept].Period));
    }
}
