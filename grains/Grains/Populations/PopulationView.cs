using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Grains.Populations;

/// <summary>A population's specification in the terms of the learning core. Immutable and thread-safe.</summary>
internal sealed class PopulationView
{
    private readonly ImmutableArray<(RetentionPolicy Policy, RetentionMoment Until)> _past;

    /// <summary>Works out a specification.</summary>
    /// <param name="spec">The specification, with the policy that holds.</param>
    /// <param name="past">The policies that held before, ascending; none by default.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public PopulationView(PopulationSpec spec, IEnumerable<PastRetention>? past = null)
    {
        if (spec is { Generated: not null, Partition: not null })
        {
            throw new ArgumentException("A generated population has devices of its own. Take its partition out.", nameof(spec));
        }

        DevicePosition.EnsureShardCount(spec.Shards);
        Spec = spec;
        RetentionPolicies.EnsureUsable(spec.Retention, "This population");
        Retention = RetentionPolicies.Of(spec.Retention);
        _past = [.. (past ?? []).Select(each => (RetentionPolicies.Of(each.Policy), new RetentionMoment(each.Until.Time, each.Until.Period)))];
        EnsureClock(spec);
        EnsureBehaviour(spec.Behaviour);
        Profiles = DeviceProfiles.Of(spec.Behaviour);
        Split = new HeldOutSplit(HeldOutSplit.PopulationSalt, spec.HeldOut);
        Generator = spec.Generated is { } generated
            ? new PopulationGenerator(
                new GeneratedPopulation
                {
                    Seed = generated.Seed,
                    Devices = generated.Devices,
                    ZipfExponent = generated.ZipfExponent,
                    ExamplesMean = generated.ExamplesMean,
                    ExamplesMax = generated.ExamplesMax,
                    LabelConcentration = generated.LabelConcentration,
                    Periods = generated.Periods,
                    Drift = generated.Drift,
                },
                Split)
            : null;
    }

    /// <summary>The specification.</summary>
    public PopulationSpec Spec { get; }

    /// <summary>What devices may keep.</summary>
    public RetentionPolicy Retention { get; }

    /// <summary>Which texts are kept for evaluation.</summary>
    public HeldOutSplit Split { get; }

    /// <summary>What makes the examples; null when they are pushed.</summary>
    public PopulationGenerator? Generator { get; }

    /// <summary>How fast its devices are and when they are online, by a virtual clock; null without one.</summary>
    public IDeviceProfiles? Profiles { get; }

    /// <summary>The time of a generated population in one of its periods: all that is made in it is made by then.</summary>
    /// <param name="period">The period, from 0.</param>
    /// <returns>The period's end.</returns>
    public DateTimeOffset EndOf(int period) => Generator!.Population.StartOf(period + 1);

    /// <summary>The seed of its devices' pseudo-random choices.</summary>
    public ulong Seed => Generator?.Population.Seed ?? 0;

    /// <summary>Whether a policy that holds or held counts bytes.</summary>
    public bool CountsBytes => Retention.BytesMax is not null || _past.Any(past => past.Policy.BytesMax is not null);

    /// <summary>What the policies leave of what a device made: one after the other, each until the next came, so that none brings back what
    /// another has deleted.</summary>
    /// <param name="facts">What the device made to train on.</param>
    /// <param name="position">The device's position.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="own">The device's own policy; null when it has none.</param>
    /// <param name="since">The version of the first policy that is still to be applied.</param>
    /// <param name="reserve">The ids of its reserve, when it has chosen one; null when it has not.</param>
    /// <returns>What it may keep, in the same order.</returns>
    public IReadOnlyList<ExampleFacts> Retained(
        ExampleFacts[] facts, ulong position, RetentionMoment moment, RetentionPolicy? own, int since = 0, IReadOnlySet<long>? reserve = null)
    {
        var (left, policy) = Left(facts, position, moment, own, since);
        return Kept(policy.OverriddenBy(own), left, moment, position, reserve);
    }

    /// <summary>What a device may choose its reserve from.</summary>
    /// <param name="facts">What it made to train on.</param>
    /// <param name="position">Its position.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="own">Its own policy; null when it has none.</param>
    /// <param name="since">The version of the first policy that is still to be applied.</param>
    /// <returns>The candidates.</returns>
    public IReadOnlyList<ExampleFacts> ReserveCandidates(ExampleFacts[] facts, ulong position, RetentionMoment moment, RetentionPolicy? own, int since)
    {
        var (left, policy) = Left(facts, position, moment, own, since);
        return Array.ConvertAll(policy.OverriddenBy(own).ReserveCandidates(left, moment, Seed, position), index => left[index]);
    }

    /// <summary>What the policies that held before have left, and the one that holds at a moment.</summary>
    private (ExampleFacts[] Left, RetentionPolicy Policy) Left(
        ExampleFacts[] facts, ulong position, RetentionMoment moment, RetentionPolicy? own, int since)
    {
        var left = facts;
        foreach (var (past, until) in _past.Where(each => each.Policy.Version >= since))
        {
            if (until.Period > moment.Period)
            {
                return (left, past);
            }

            var arrived = left.Where(example => example.Period <= until.Period).ToArray();
            left = [.. Kept(past.OverriddenBy(own), arrived, until, position), .. left.Where(example => example.Period > until.Period)];
        }

        return (left, Retention);
    }

    private ExampleFacts[] Kept(RetentionPolicy policy, ExampleFacts[] held, RetentionMoment moment, ulong position, IReadOnlySet<long>? reserve = null) =>
        policy.IsEmpty ? held : Array.ConvertAll(policy.Kept(held, moment, Seed, position, reserve), index => held[index]);

    private static void EnsureClock(PopulationSpec spec)
    {
        if (spec.Clock is not (PopulationSpec.DataClock or PopulationSpec.WallClock) || spec is { Clock: PopulationSpec.WallClock, Generated: not null })
        {
            throw new ArgumentException(
                $"A {(spec.Generated is null ? "pushed" : "generated")} population cannot have the clock '{spec.Clock}'. Use data, or wall for a pushed one.", nameof(spec));
        }
    }

    private static void EnsureBehaviour(BehaviourSpec? behaviour)
    {
        if (behaviour is not (null or { Availability: > 0 and <= 1, DropOut: >= 0 and < 1 }))
        {
            throw new ArgumentException(
                $"Devices cannot behave like {behaviour}. Choose an availability above 0 and at most 1, and a drop-out of at least 0 and below 1.",
                nameof(behaviour));
        }
    }
}
