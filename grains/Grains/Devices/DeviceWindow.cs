using System.Collections.Immutable;
using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>What a device keeps, and when it takes more in: pure changes of its state, which the grain stores.</summary>
internal static class DeviceWindow
{
    /// <summary>Takes pushed rows in.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="view">The population.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool TakeIn(DeviceState state, ImmutableArray<Arrival> rows, PopulationView view)
    {
        var added = false;
        foreach (var row in rows.Where(row => row.Row > state.RowWatermark))
        {
            state.Examples.Add(new StoredExample(row.Time, row.Text, row.Label, row.HeldOut ?? view.Split.IsHeldOut(row.Text)));
            state.RowWatermark = row.Row;
            added = true;
        }

        if (added)
        {
            Sort(state);
        }

        return added;
    }

    /// <summary>Pulls the periods of a generated device that have not been pulled.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="view">The population.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool Pull(DeviceState state, string deviceId, PopulationView view)
    {
        if (view.Generator is not { } generator || state.PeriodWatermark >= generator.Population.Periods)
        {
            return false;
        }

        var device = long.Parse(deviceId, NumberStyles.None, CultureInfo.InvariantCulture);
        for (; state.PeriodWatermark < generator.Population.Periods; state.PeriodWatermark++)
        {
            foreach (var example in generator.ExamplesOf(device, state.PeriodWatermark))
            {
                state.Examples.Add(new StoredExample(example.Time, example.Text, example.Label, example.IsHeldOut));
            }
        }

        Sort(state);
        return true;
    }

    /// <summary>Deletes what the policy no longer allows.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="time">The population's time.</param>
    /// <param name="view">The population.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool Expire(DeviceState state, DateTimeOffset time, PopulationView view)
    {
        if (view.Retention == RetentionPolicy.KeepAll)
        {
            return false;
        }

        var facts = state.Examples.Select((example, index) => new ExampleFacts(
            index, example.Time, Period: 0, ExampleFacts.BytesOf(example.Text, example.Label))).ToArray();
        var kept = view.Retention.Kept(facts, new RetentionMoment(time, Period: 0), seed: 0, position: 0);
        if (kept.Length == facts.Length)
        {
            return false;
        }

        state.Examples = [.. kept.Select(index => state.Examples[index])];
        return true;
    }

    /// <summary>Forgets everything, and everything that could still be pulled.</summary>
    /// <param name="state">The state, changed in place.</param>
    /// <param name="rowWatermark">The highest row handed to the population: those still on their way are erased, too.</param>
    /// <param name="view">The population.</param>
    /// <returns>How many examples were forgotten.</returns>
    public static int EraseAll(DeviceState state, long rowWatermark, PopulationView view)
    {
        var examples = state.Examples.Count;
        state.Examples = [];
        state.RowWatermark = Math.Max(state.RowWatermark, rowWatermark);
        state.PeriodWatermark = Math.Max(state.PeriodWatermark, view.Generator?.Population.Periods ?? 0);
        return examples;
    }

    /// <summary>What the device holds, or would hold if it woke now: a generated device that nobody has called yet has pulled nothing.</summary>
    /// <param name="state">The state.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="view">The population.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts StatusOf(DeviceState state, string deviceId, PopulationView view)
    {
        if (view.Generator is not { } generator || state.PeriodWatermark > 0)
        {
            return CountsOf(state, deviceId);
        }

        var device = long.Parse(deviceId, NumberStyles.None, CultureInfo.InvariantCulture);
        var (activity, heldOut) = generator.CountRetained(
            device, view.Retention, generator.Population.StartOf(generator.Population.Periods), generator.Population.Periods);
        return new DeviceCounts(deviceId, activity, heldOut, state.Version);
    }

    /// <summary>What the device holds.</summary>
    /// <param name="state">The state.</param>
    /// <param name="deviceId">The device.</param>
    /// <returns>Its counts.</returns>
    public static DeviceCounts CountsOf(DeviceState state, string deviceId)
    {
        var heldOut = state.Examples.Count(example => example.HeldOut);
        return new DeviceCounts(deviceId, state.Examples.Count - heldOut, heldOut, state.Version);
    }

    // Rows of one device nearly always arrive in order; a stable sort keeps equal times in the order of arrival.
    private static void Sort(DeviceState state) => state.Examples = [.. state.Examples.OrderBy(example => example.Time)];
}
