using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;

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
    /// <returns>What it may keep, in the same order.</returns>
    public IReadOnlyList<ExampleFacts> Retained(ExampleFacts[] facts, ulong position, RetentionMoment moment, RetentionPolicy? own, int since = 0)
    {
        var (left, policy) = (facts, Retention);
        foreach (var (past, until) in _past.Where(each => each.Policy.Version >= since))
        {
            if (until.Period > moment.Period)
            {
                policy = past;
                break;
            }

            left = [.. Kept(past, [.. left.Where(example => example.Period <= until.Period)], until), .. left.Where(example => example.Period > until.Period)];
        }

        return Kept(policy, left, moment);

        ExampleFacts[] Kept(RetentionPolicy holding, ExampleFacts[] held, RetentionMoment at)
        {
            var effective = holding.OverriddenBy(own);
            return effective.IsEmpty ? held : Array.ConvertAll(effective.Kept(held, at, Seed, position), index => held[index]);
        }
    }

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
