using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>A device whose examples are pushed: it stores them.</summary>
/// <param name="state">The state, changed in place.</param>
/// <param name="deviceId">The device.</param>
/// <param name="view">The population.</param>
internal sealed class PushedData(DeviceState state, string deviceId, PopulationView view) : DeviceData(state, deviceId, view)
{
    /// <inheritdoc/>
    public override bool TakeIn(ImmutableArray<Arrival> rows, int period)
    {
        var isChanged = false;
        foreach (var row in rows.Where(row => row.Row > State.RowWatermark))
        {
            (State.RowWatermark, isChanged) = (row.Row, true);
            if (!State.IsWithdrawn && !State.Refused.Refuses(new ExampleIdentity(row.Row, row.Time, row.Label)))
            {
                Add(new StoredExample(row.Time, row.Text, row.Label, row.HeldOut ?? View.Split.IsHeldOut(row.Text), row.Row, period));
            }
        }

        if (isChanged)
        {
            // Rows of one device nearly always arrive in order; a stable sort keeps equal times in the order of arrival.
            State.Examples = [.. State.Examples.OrderBy(example => example.Time)];
        }

        return isChanged;
    }

    /// <inheritdoc/>
    public override bool Expire(PopulationMoment moment, IReadOnlySet<long>? reserve = null)
    {
        var kept = KeptAt(moment, reserve);
        if (kept.Count == State.Examples.Count)
        {
            return false;
        }

        State.Examples = kept;
        // Its counts are another period's now, so that what they were in the one before is still known.
        Begin(moment.Period);
        return true;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StoredExample> ReserveCandidates(PopulationMoment moment)
    {
        var policy = Policy;
        if (policy is { Reserve: 0 } or not { ReserveChoice: ReplayChoice.GradientSum })
        {
            return [];
        }

        var arrived = State.Examples.FindAll(example => !example.HeldOut && example.Period <= moment.Period);
        var facts = arrived.ConvertAll(example => example.Facts).ToArray();
        var candidates = policy.ReserveCandidates(facts, new RetentionMoment(moment.Time, moment.Period), View.Seed, DevicePosition.Of(DeviceId));
        return candidates.Length > policy.Reserve ? [.. candidates.Select(index => arrived[index])] : [];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StoredExample> HeldAt(PopulationMoment moment) => moment.IsSettled ? KeptAt(moment) : State.Examples;

    /// <inheritdoc/>
    public override DeviceCounts CountsAt(PopulationMoment moment) => CountsOf(KeptAt(moment), isOverfull: false);

    /// <inheritdoc/>
    public override DeviceCounts CountsFor(PopulationMoment moment) =>
        moment.IsSettled && State.Period <= moment.Period ? CountsAt(moment) : CountsHeld(Math.Max(moment.Period, State.Period));

    /// <inheritdoc/>
    public override int MadeAt(PopulationMoment moment) => State.Made;

    /// <inheritdoc/>
    public override DeviceCounts CountsHeld(int period) => CountsOf(
        // Rows say when they were made, not what time it is: what is too old goes when the period is settled.
        State.Examples, KeptAt(new PopulationMoment(period, DateTimeOffset.MinValue, IsSettled: false)).Count < State.Examples.Count);

    /// <inheritdoc/>
    public override ErasedExamples Erase(EraseScope scope, long upTo, PopulationMoment moment)
    {
        var erased = State.Examples.FindAll(example => example.ExampleId <= upTo && scope.Matches(example.Identity));
        State.Refused = State.Refused.Add(scope, upTo);
        State.Examples = [.. State.Examples.Except(erased, ReferenceEqualityComparer.Instance).Cast<StoredExample>()];
        if (scope is EraseAll)
        {
            // What the policy has deleted before is erased, too; what has come since it was asked for is not.
            State.Fresh = State.Examples.Count(example => !example.HeldOut && example.Period == State.Period);
            State.Made = State.Examples.Count(example => !example.HeldOut);
        }
        else
        {
            State.Fresh -= erased.Count(example => !example.HeldOut && example.Period == State.Period);
            State.Made -= erased.Count(example => !example.HeldOut);
        }

        Begin(moment.Period);
        return new ErasedExamples(erased.Count, [.. erased.Select(example => example.Text)]);
    }

    /// <inheritdoc/>
    public override void Spend(IReadOnlySet<long> ids, PopulationMoment moment)
    {
        State.Examples = State.Examples.FindAll(example => example.HeldOut || !ids.Contains(example.ExampleId));
        Begin(moment.Period);
    }

    /// <inheritdoc/>
    public override void SetPolicy(RetentionSpec? own, PopulationMoment moment)
    {
        // What the policy so far does not allow is gone for good, whatever the next one says.
        _ = moment.IsSettled && Expire(moment);
        State.Own = own;
    }

    /// <inheritdoc/>
    public override long UpToAt(long rowWatermark, PopulationMoment moment) => Math.Max(State.RowWatermark, rowWatermark);

    // What has come already of a period that is not open yet neither goes nor makes anything else go.
    private List<StoredExample> KeptAt(PopulationMoment moment, IReadOnlySet<long>? reserve = null)
    {
        var arrived = State.Examples.FindAll(example => example.Period <= moment.Period);
        var kept = Kept(arrived, new RetentionMoment(moment.Time, moment.Period), reserve);
        var late = State.Examples.FindAll(example => example.Period > moment.Period && IsPastItsTime(example, moment));
        if (kept.Count == arrived.Count && late.Count == 0)
        {
            return State.Examples;
        }

        var gone = arrived.Except(kept, ReferenceEqualityComparer.Instance).Concat(late).ToHashSet(ReferenceEqualityComparer.Instance);
        return State.Examples.FindAll(example => !gone.Contains(example));
    }

    // By the wall clock an age is an age: it does not wait for a period to open.
    private bool IsPastItsTime(StoredExample example, PopulationMoment moment) =>
        View.Spec.Clock == PopulationSpec.WallClock && !example.HeldOut && moment.Time - example.Time >= Policy.AgeMax;

    private DeviceCounts CountsOf(List<StoredExample> examples, bool isOverfull)
    {
        var heldOut = examples.Count(example => example.HeldOut);
        var (time, period) = NextExpiryOf(examples);
        return new DeviceCounts(
            DeviceId,
            examples.Count - heldOut,
            heldOut,
            State.Version,
            State.Period,
            State.Fresh,
            State.Made,
            PeriodCount.Of(examples.Where(example => !example.HeldOut).Select(example => example.Period)),
            isOverfull)
        {
            NextExpiry = time,
            NextExpiryPeriod = period,
            PolicyVersion = View.Retention.Version,
        };
    }

    private void Add(StoredExample example)
    {
        State.Examples.Add(example);
        Begin(example.Period);
        if (!example.HeldOut)
        {
            (State.Fresh, State.Made) = (State.Fresh + 1, State.Made + 1);
        }
    }

    private void Begin(int period)
    {
        if (period > State.Period)
        {
            (State.Period, State.Fresh) = (period, 0);
        }
    }
}
