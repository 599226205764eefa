using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;

namespace Sheaf.Grains.Devices;

/// <summary>What a device keeps, and when it takes more in: pure changes of its state, which the grain stores.</summary>
internal static class DeviceWindow
{
    /// <summary>Takes pushed rows in. What is too much goes when the period is settled: new examples are scored before.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="period">The period that they belong to.</param>
    /// <param name="view">The population.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool TakeIn(DeviceState state, ImmutableArray<Arrival> rows, int period, PopulationView view)
    {
        var added = false;
        foreach (var row in rows.Where(row => row.Row > state.RowWatermark))
        {
            Add(state, new StoredExample(row.Time, row.Text, row.Label, row.HeldOut ?? view.Split.IsHeldOut(row.Text), row.Row, period));
            state.RowWatermark = row.Row;
            added = true;
        }

        if (added)
        {
            Sort(state);
        }

        return added;
    }

    /// <summary>Pulls the periods of a generated device that have come and have not been pulled.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="view">The population.</param>
    /// <param name="period">The population's period.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool Pull(DeviceState state, string deviceId, PopulationView view, int period)
    {
        if (view.Generator is not { } generator || state.PeriodWatermark > period)
        {
            return false;
        }

        var device = long.Parse(deviceId, NumberStyles.None, CultureInfo.InvariantCulture);
        for (; state.PeriodWatermark <= period; state.PeriodWatermark++)
        {
            Begin(state, state.PeriodWatermark);
            foreach (var example in generator.ExamplesOf(device, state.PeriodWatermark))
            {
                var id = PopulationGenerator.IdOf(state.PeriodWatermark, example.Row);
                Add(state, new StoredExample(example.Time, example.Text, example.Label, example.IsHeldOut, id, state.PeriodWatermark));
            }
        }

        Sort(state);
        return true;
    }

    /// <summary>Deletes what the policy no longer allows.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="moment">The population's period and time.</param>
    /// <param name="view">The population.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool Expire(DeviceState state, string deviceId, PopulationMoment moment, PopulationView view)
    {
        var kept = KeptOf(state, deviceId, moment, view);
        if (kept.Count == state.Examples.Count)
        {
            return false;
        }

        state.Examples = kept;
        // Its counts are another period's now, so that what they were in the one before is still known.
        Begin(state, moment.Period);
        return true;
    }

    /// <summary>Forgets everything, and everything that could still be pulled.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="rowWatermark">The highest row handed to the population: those still on their way are erased, too.</param>
    /// <param name="moment">The population's period: what has come by then is not pulled any more.</param>
    /// <returns>How many examples were forgotten.</returns>
    public static int EraseAll(DeviceState state, long rowWatermark, PopulationMoment moment)
    {
        var examples = state.Examples.Count;
        (state.Examples, state.Fresh, state.Made) = ([], 0, 0);
        state.RowWatermark = Math.Max(state.RowWatermark, rowWatermark);
        (state.PeriodWatermark, state.Period) = (Math.Max(state.PeriodWatermark, moment.Period + 1), Math.Max(state.Period, moment.Period));
        return examples;
    }

    /// <summary>What the device holds, or would hold if it woke now: a generated device that nobody has called yet has pulled nothing.</summary>
    /// <param name="state">The state.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="view">The population.</param>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts StatusOf(DeviceState state, string deviceId, PopulationView view, PopulationMoment moment)
    {
        var awake = state.Copy();
        _ = Pull(awake, deviceId, view, moment.Period);
        return CountsOf(awake, deviceId, moment, view);
    }

    /// <summary>All that the device holds, what its policy will have it delete too.</summary>
    /// <param name="state">The state.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="moment">The moment of which it is said whether that is more than the policy allows.</param>
    /// <param name="view">The population.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts HeldOf(DeviceState state, string deviceId, PopulationMoment moment, PopulationView view) =>
        Count(state, deviceId, state.Examples) with { IsOverfull = IsOverfull(state, deviceId, moment, view) };

    /// <summary>Whether the device holds more than its policy allows.</summary>
    /// <param name="state">The state.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="moment">The population's period and time.</param>
    /// <param name="view">The population.</param>
    /// <returns>True when something is to be deleted.</returns>
    public static bool IsOverfull(DeviceState state, string deviceId, PopulationMoment moment, PopulationView view) =>
        KeptOf(state, deviceId, moment, view).Count < state.Examples.Count;

    /// <summary>What the device holds, but for what its policy will have it delete.</summary>
    /// <param name="state">The state.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="moment">The population's period and time.</param>
    /// <param name="view">The population.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts CountsOf(DeviceState state, string deviceId, PopulationMoment moment, PopulationView view) =>
        Count(state, deviceId, KeptOf(state, deviceId, moment, view));

    private static DeviceCounts Count(DeviceState state, string deviceId, List<StoredExample> kept)
    {
        var heldOut = kept.Count(example => example.HeldOut);
        return new DeviceCounts(
            deviceId,
            kept.Count - heldOut,
            heldOut,
            state.Version,
            state.Period,
            state.Fresh,
            state.Made,
            PeriodCount.Of(kept.Where(example => !example.HeldOut).Select(example => example.Period)));
    }

    private static void Add(DeviceState state, StoredExample example)
    {
        state.Examples.Add(example);
        Begin(state, example.Period);
        if (!example.HeldOut)
        {
            (state.Fresh, state.Made) = (state.Fresh + 1, state.Made + 1);
        }
    }

    private static void Begin(DeviceState state, int period)
    {
        if (period > state.Period)
        {
            (state.Period, state.Fresh) = (period, 0);
        }
    }

    private static List<StoredExample> KeptOf(DeviceState state, string deviceId, PopulationMoment moment, PopulationView view)
    {
        if (view.Retention == RetentionPolicy.KeepAll)
        {
            return state.Examples;
        }

        var toTrainOn = state.Examples.FindAll(example => !example.HeldOut);
        var facts = toTrainOn.ConvertAll(example =>
            new ExampleFacts(example.ExampleId, example.Time, example.Period, ExampleFacts.BytesOf(example.Text, example.Label)));
        var kept = view.Kept(CollectionsMarshal.AsSpan(facts), DevicePosition.Of(deviceId), new RetentionMoment(moment.Time, moment.Period))
            .Select(index => toTrainOn[index]).ToHashSet(ReferenceEqualityComparer.Instance);
        return state.Examples.FindAll(example => example.HeldOut || kept.Contains(example));
    }

    // Rows of one device nearly always arrive in order; a stable sort keeps equal times in the order of arrival.
    private static void Sort(DeviceState state) => state.Examples = [.. state.Examples.OrderBy(example => example.Time)];
}
