using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>What a device keeps and when it takes more in: pure changes of its state, which the grain stores.</summary>
/// <param name="state">The state, changed in place.</param>
/// <param name="deviceId">The device.</param>
/// <param name="view">The population.</param>
internal abstract class DeviceData(DeviceState state, string deviceId, PopulationView view)
{
    /// <summary>The policy that holds: the device's own, or its population's.</summary>
    public RetentionPolicy Policy => view.Retention.OverriddenBy(RetentionPolicies.Of(state.Own));

    /// <summary>Whether that is the device's own.</summary>
    public bool HasOwnPolicy => RetentionPolicies.Of(state.Own) is { } own && ReferenceEquals(view.Retention.OverriddenBy(own), own);

    /// <summary>The state.</summary>
    protected DeviceState State => state;

    /// <summary>The device.</summary>
    protected string DeviceId => deviceId;

    /// <summary>The population.</summary>
    protected PopulationView View => view;

    /// <summary>The data of a device.</summary>
    /// <param name="state">Its state.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="view">Its population.</param>
    /// <returns>Its data.</returns>
    public static DeviceData Of(DeviceState state, string deviceId, PopulationView view) =>
        view.Generator is null ? new PushedData(state, deviceId, view) : new GeneratedData(state, deviceId, view);

    /// <summary>Takes pushed rows in. What is too much goes when the period is settled: new examples are scored before.</summary>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="period">The period that they belong to.</param>
    /// <returns>Whether anything changed.</returns>
    public abstract bool TakeIn(ImmutableArray<Arrival> rows, int period);

    /// <summary>Deletes what the policy does not allow.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <param name="reserve">The ids of the examples that are kept to be replayed, of <see cref="ReserveCandidates"/>; null lets the policy choose at
    /// random.</param>
    /// <returns>Whether the state changed.</returns>
    public abstract bool Expire(PopulationMoment moment, IReadOnlySet<long>? reserve = null);

    /// <summary>What the reserve is chosen from when that takes gradients: the examples that are about to be deleted.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>More of them than have a place; else none.</returns>
    public abstract IReadOnlyList<StoredExample> ReserveCandidates(PopulationMoment moment);

    /// <summary>What the device holds at a moment: when its period is settled, what the policy allows.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>The examples, by time.</returns>
    public abstract IReadOnlyList<StoredExample> HeldAt(PopulationMoment moment);

    /// <summary>The counts of what the device holds and may keep at a moment.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>Its counts.</returns>
    public abstract DeviceCounts CountsAt(PopulationMoment moment);

    /// <summary>The counts that the shard is to know at a moment: while its period is not settled, or the next one's rows have begun to come, of
    /// all that the device holds, with a mark when its policy will have it delete some.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>Its counts.</returns>
    public virtual DeviceCounts CountsFor(PopulationMoment moment) => CountsAt(moment);

    /// <summary>The counts of all that the device holds, what its policy will have it delete too.</summary>
    /// <param name="period">The period that is about to open, of which it is said whether that is more than the policy allows.</param>
    /// <returns>Its counts.</returns>
    public abstract DeviceCounts CountsHeld(int period);

    /// <summary>How many examples to train on the device ever made and that were not erased.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>Their number.</returns>
    public abstract int MadeAt(PopulationMoment moment);

    /// <summary>Forgets examples for good, and refuses them should they come again.</summary>
    /// <param name="scope">Which.</param>
    /// <param name="upTo">The highest id that has been handed out: those still on their way are meant, too.</param>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>What the device held of them.</returns>
    public abstract ErasedExamples Erase(EraseScope scope, long upTo, PopulationMoment moment);

    /// <summary>Deletes what a round that was committed has trained on.</summary>
    /// <param name="ids">The ids of the examples.</param>
    /// <param name="moment">The population's period and time.</param>
    public abstract void Spend(IReadOnlySet<long> ids, PopulationMoment moment);

    /// <summary>Changes the policy. What the one so far does not allow is deleted; <see cref="Expire"/> deletes what the new one does not.</summary>
    /// <param name="own">The device's own policy; null for its population's.</param>
    /// <param name="moment">The population's period and time.</param>
    public abstract void SetPolicy(RetentionSpec? own, PopulationMoment moment);

    /// <summary>The highest id that the device can have been handed at a moment.</summary>
    /// <param name="rowWatermark">The highest row handed to the population.</param>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>The id; −1 when there is none.</returns>
    public abstract long UpToAt(long rowWatermark, PopulationMoment moment);

    /// <summary>Of some examples those that a policy lets the device keep; it leaves held-out ones.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="reserve">The ids of the reserve; null lets the policy choose at random.</param>
    /// <returns>Those that stay, in the same order.</returns>
    public List<StoredExample> Kept(IReadOnlyList<StoredExample> examples, RetentionMoment moment, IReadOnlySet<long>? reserve = null)
    {
        if (Policy.IsEmpty)
        {
            return [.. examples];
        }

        var toTrainOn = examples.Where(example => !example.HeldOut).ToArray();
        var facts = Array.ConvertAll(toTrainOn, example => example.Facts);
        var kept = Policy.Kept(facts, moment, view.Seed, DevicePosition.Of(deviceId), reserve)
            .Select(index => toTrainOn[index]).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. examples.Where(example => example.HeldOut || kept.Contains(example))];
    }

    /// <summary>When the first of the examples that the device holds at a moment goes by its age.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>The time; null when none goes by it.</returns>
    public DateTimeOffset? NextExpiryAt(PopulationMoment moment) => NextExpiryOf(HeldAt(moment)).Time;

    /// <summary>When the first of some examples goes by its age and by its period.</summary>
    /// <param name="examples">The examples.</param>
    /// <returns>The time and the period; null when none goes by it.</returns>
    protected (DateTimeOffset? Time, int? Period) NextExpiryOf(IEnumerable<StoredExample> examples)
    {
        if (Policy is { AgeMax: null, PeriodsMax: null })
        {
            return (null, null);
        }

        var facts = examples.Where(example => !example.HeldOut).Select(example => example.Facts).ToList();
        return (Policy.NextExpiry(CollectionsMarshal.AsSpan(facts)), Policy.NextExpiryPeriod(CollectionsMarshal.AsSpan(facts)));
    }
}

/// <summary>What an erase took from a device.</summary>
/// <param name="Examples">How many examples.</param>
/// <param name="Texts">The texts of those that were stored.</param>
internal readonly record struct ErasedExamples(int Examples, IReadOnlyCollection<string> Texts);
