using System.Globalization;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;

namespace Sheaf.Grains.Activity;

/// <summary>What a generated device holds, or would hold if it woke, without waking it.</summary>
internal static class GeneratedForecast
{
    /// <summary>The counts of a device.</summary>
    /// <param name="view">The population.</param>
    /// <param name="device">The device.</param>
    /// <param name="period">The population's period, from 0.</param>
    /// <param name="deviation">What sets it apart; null when nothing has happened to it.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts Of(PopulationView view, long device, int period, GeneratedDeviation? deviation = null)
    {
        deviation ??= GeneratedDeviation.None;
        var (made, heldOut, fresh) = (deviation.Made, deviation.IsWithdrawn ? 0 : HeldOutOf(view, device, deviation), deviation.Fresh);
        for (var each = deviation.Period + 1; each <= period; each++)
        {
            (fresh, var kept) = SplitOf(view, device, each, deviation);
            (made, heldOut) = (made + fresh, heldOut + kept);
        }

        var retained = Retained(view, device, period, deviation);
        // What has happened in this period was not known in the one before.
        var before = period == deviation.Period ? deviation.Stale : Retained(view, device, period - 1, deviation).Count;
        return new DeviceCounts(
            device.ToString(CultureInfo.InvariantCulture),
            retained.Count,
            heldOut,
            0,
            period,
            fresh,
            made,
            PeriodCount.Of(retained.Select(facts => facts.Period)),
            Stale: before);
    }

    /// <summary>What a device may train on.</summary>
    /// <param name="view">The population.</param>
    /// <param name="device">The device.</param>
    /// <param name="period">The population's period; with −1 there is nothing.</param>
    /// <param name="deviation">What sets it apart.</param>
    /// <param name="reserve">The ids of the reserve that it is about to keep; null when it chooses none.</param>
    /// <returns>What a policy knows of the examples that it leaves.</returns>
    public static IReadOnlyList<ExampleFacts> Retained(
        PopulationView view, long device, int period, GeneratedDeviation deviation, IReadOnlySet<long>? reserve = null) =>
        period < 0 || deviation.IsWithdrawn ? [] : view.Retained(
            FactsUpTo(view, device, period, deviation), DevicePosition.OfIndex((ulong)device), MomentOf(view, period), RetentionPolicies.Of(deviation.Own), deviation.PolicyVersion, reserve);

    /// <summary>What a device may choose its reserve from.</summary>
    /// <param name="view">The population.</param>
    /// <param name="device">The device.</param>
    /// <param name="period">The population's period.</param>
    /// <param name="deviation">What sets it apart.</param>
    /// <returns>What a policy knows of the candidates.</returns>
    public static IReadOnlyList<ExampleFacts> ReserveCandidates(PopulationView view, long device, int period, GeneratedDeviation deviation) =>
        period < 0 || deviation.IsWithdrawn ? [] : view.ReserveCandidates(
            FactsUpTo(view, device, period, deviation), DevicePosition.OfIndex((ulong)device), MomentOf(view, period), RetentionPolicies.Of(deviation.Own), deviation.PolicyVersion);

    private static ExampleFacts[] FactsUpTo(PopulationView view, long device, int period, GeneratedDeviation deviation) =>
        [.. Enumerable.Range(0, period + 1).SelectMany(each => FactsOf(view, device, each, deviation))];

    private static RetentionMoment MomentOf(PopulationView view, int period) => new(view.EndOf(period), period);

    private static IEnumerable<ExampleFacts> FactsOf(PopulationView view, long device, int period, GeneratedDeviation deviation)
    {
        var generator = view.Generator!;
        var withBytes = view.CountsBytes || deviation.Own is { BytesMax: not null };
        return deviation.IsWhole(period) ? generator.FactsOf(device, period, withBytes)
            : NeedsLabels(period, deviation) ? LabelledOf(generator, device, period, deviation).Where(example => !example.IsHeldOut).Select(example => FactsOf(example, period))
            : generator.FactsOf(device, period, withBytes).Where(facts => deviation.Has(new ExampleIdentity(facts.Id, facts.Time, ""), period));
    }

    private static (int ToTrainOn, int HeldOut) SplitOf(PopulationView view, long device, int period, GeneratedDeviation deviation)
    {
        if (deviation.IsWhole(period))
        {
            return view.Generator!.SplitOf(device, period);
        }

        var heldOut = 0;
        var toTrainOn = 0;
        foreach (var example in LabelledOf(view.Generator!, device, period, deviation))
        {
            (toTrainOn, heldOut) = example.IsHeldOut ? (toTrainOn, heldOut + 1) : (toTrainOn + 1, heldOut);
        }

        return (toTrainOn, heldOut);
    }

    private static int HeldOutOf(PopulationView view, long device, GeneratedDeviation deviation)
    {
        var heldOut = 0;
        for (var period = 0; period <= deviation.Period; period++)
        {
            var rows = view.Generator!.ActivityOf(device, period);
            for (var row = 0; row < rows; row++)
            {
                heldOut += view.Generator.IsHeldOut(device, period, row) && IdRanges.Contains(deviation.Held, PopulationGenerator.IdOf(period, row)) ? 1 : 0;
            }
        }

        return heldOut;
    }

    // An erased label can be told by the example alone, which costs making its text.
    private static bool NeedsLabels(int period, GeneratedDeviation deviation) => period > deviation.Period && !deviation.Refused.Labels.IsEmpty;

    private static IEnumerable<GeneratedExample> LabelledOf(PopulationGenerator generator, long device, int period, GeneratedDeviation deviation) =>
        generator.ExamplesOf(device, period).Where(example =>
            deviation.Has(new ExampleIdentity(PopulationGenerator.IdOf(period, example.Row), example.Time, example.Label), period));

    private static ExampleFacts FactsOf(GeneratedExample example, int period) =>
        new(PopulationGenerator.IdOf(period, example.Row), example.Time, period, ExampleFacts.BytesOf(example.Text, example.Label));
}
