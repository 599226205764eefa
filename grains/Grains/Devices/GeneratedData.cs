using System.Collections.Immutable;
using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;

namespace Sheaf.Grains.Devices;

/// <summary>
/// A generated device: its examples are made when it wakes and never stored. What it holds follows from its population, the moment and what
/// has happened to it, so that its shard says the same without waking it.
/// </summary>
/// <param name="state">The state, changed in place.</param>
/// <param name="deviceId">The device.</param>
/// <param name="view">The population.</param>
internal sealed class GeneratedData(DeviceState state, string deviceId, PopulationView view) : DeviceData(state, deviceId, view)
{
    private readonly long _device = long.Parse(deviceId, NumberStyles.None, CultureInfo.InvariantCulture);
    private (PopulationMoment Moment, long Version, IReadOnlyList<StoredExample> Examples)? _made;

    private GeneratedDeviation Deviation => new(
        State.Period, State.Made, State.Fresh, State.Held, State.Refused, State.Own, State.IsWithdrawn, State.PolicyVersion, State.Stale);

    /// <inheritdoc/>
    public override bool TakeIn(ImmutableArray<Arrival> rows, int period) =>
        throw new ArgumentException($"The examples of device '{DeviceId}' are made, not pushed. Push rows to a population without a generator.");

    /// <inheritdoc/>
    public override bool Expire(PopulationMoment moment, IReadOnlySet<long>? reserve = null)
    {
        if (reserve is null)
        {
            // What it may not keep it does not make.
            return false;
        }

        Rebase(Make(moment, reserve), moment, CountsAt(moment));
        return true;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StoredExample> ReserveCandidates(PopulationMoment moment)
    {
        if (Policy is { Reserve: 0 } or not { ReserveChoice: ReplayChoice.GradientSum })
        {
            return [];
        }

        var ids = GeneratedForecast.ReserveCandidates(View, _device, moment.Period, Deviation).Select(facts => facts.Id).ToHashSet();
        return ids.Count > Policy.Reserve ? [.. MadeUpTo(moment.Period).Where(example => ids.Contains(example.ExampleId))] : [];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StoredExample> HeldAt(PopulationMoment moment)
    {
        if (_made is { } made && made.Moment == moment && made.Version == State.Version)
        {
            return made.Examples;
        }

        var examples = Make(moment);
        _made = (moment, State.Version, examples);
        return examples;
    }

    /// <inheritdoc/>
    public override DeviceCounts CountsAt(PopulationMoment moment) =>
        GeneratedForecast.Of(View, _device, moment.Period, Deviation) with { Version = State.Version, Deviation = Deviation };

    /// <inheritdoc/>
    public override DeviceCounts CountsHeld(int period) => CountsAt(new PopulationMoment(period, View.EndOf(period), IsSettled: false));

    /// <inheritdoc/>
    public override int MadeAt(PopulationMoment moment) => CountsAt(moment).Made;

    /// <inheritdoc/>
    public override ErasedExamples Erase(EraseScope scope, long upTo, PopulationMoment moment)
    {
        var counts = CountsAt(moment);
        var held = HeldAt(moment);
        var erased = held.Where(example => example.ExampleId <= upTo && scope.Matches(example.Identity)).ToArray();
        var toTrainOn = erased.Where(example => !example.HeldOut).ToArray();
        var left = held.Except(erased).ToArray();
        var leftToTrainOn = left.Where(example => !example.HeldOut).ToArray();
        var after = scope is EraseAll
            ? counts with { Made = leftToTrainOn.Length, Fresh = leftToTrainOn.Count(example => example.Period == moment.Period) }
            : counts with { Made = counts.Made - toTrainOn.Length, Fresh = counts.Fresh - toTrainOn.Count(example => example.Period == moment.Period) };
        State.Refused = State.Refused.Add(scope, upTo);
        // What was erased is gone from old counts, too.
        Rebase(left, moment, after.Made < counts.Made ? after with { Stale = Math.Min(counts.Stale, leftToTrainOn.Length) } : after);
        return new ErasedExamples(erased.Length, []);
    }

    /// <inheritdoc/>
    public override void Spend(IReadOnlySet<long> ids, PopulationMoment moment)
    {
        Rebase(HeldAt(moment).Where(example => example.HeldOut || !ids.Contains(example.ExampleId)), moment, CountsAt(moment));
    }

    /// <inheritdoc/>
    public override void SetPolicy(RetentionSpec? own, PopulationMoment moment)
    {
        // What the policy so far does not allow is gone for good, whatever the next one says.
        Rebase(HeldAt(moment), moment, CountsAt(moment));
        State.Own = own;
    }

    /// <inheritdoc/>
    public override long UpToAt(long rowWatermark, PopulationMoment moment) =>
        PopulationGenerator.IdOf(Math.Max(moment.Period, State.Period) + 1, 0) - 1;

    private void Rebase(IEnumerable<StoredExample> held, PopulationMoment moment, DeviceCounts counts)
    {
        (State.Held, State.Made, State.Fresh, State.Stale) = (IdRanges.Of(held.Select(example => example.ExampleId)), counts.Made, counts.Fresh, counts.Stale);
        (State.Period, State.PolicyVersion) = (moment.Period, View.Retention.Version);
        _made = null;
    }

    private List<StoredExample> Make(PopulationMoment moment, IReadOnlySet<long>? reserve = null)
    {
        var deviation = Deviation;
        var kept = GeneratedForecast.Retained(View, _device, moment.Period, deviation, reserve).Select(facts => facts.Id).ToHashSet();
        // What is new is all there until its period is settled: it is scored before it is deleted.
        return [.. MadeUpTo(moment.Period)
            .Where(example => example.HeldOut || (!moment.IsSettled && example.Period == moment.Period) || kept.Contains(example.ExampleId))
            .Where(example => deviation.Has(example.Identity, example.Period))
            .OrderBy(example => example.Time)];
    }

    private IEnumerable<StoredExample> MadeUpTo(int period) => Enumerable.Range(0, period + 1).SelectMany(each =>
        View.Generator!.ExamplesOf(_device, each).Select(made =>
            new StoredExample(made.Time, made.Text, made.Label, made.IsHeldOut, PopulationGenerator.IdOf(each, made.Row), each)));
}
