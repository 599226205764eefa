using Sheaf.Abstractions.Populations;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;

namespace Sheaf.Grains.Populations;

/// <summary>A population's specification in the terms of the learning core. Immutable and thread-safe.</summary>
internal sealed class PopulationView
{
    /// <summary>Works out a specification.</summary>
    /// <param name="spec">The specification.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public PopulationView(PopulationSpec spec)
    {
        if (spec is { Generated: not null, Partition: not null })
        {
            throw new ArgumentException("A generated population has devices of its own. Take its partition out.", nameof(spec));
        }

        DevicePosition.EnsureShardCount(spec.Shards);
        Spec = spec;
        Retention = PolicyOf(spec.Retention);
        var problems = string.Join(" ", Retention.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException($"This population cannot be kept. {problems}", nameof(spec));
        }

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

    /// <summary>Applies the population's policy.</summary>
    /// <param name="facts">What a device holds to train on.</param>
    /// <param name="position">The device's position.</param>
    /// <param name="moment">The moment.</param>
    /// <returns>The indices of what it may keep, ascending.</returns>
    public int[] Kept(ReadOnlySpan<ExampleFacts> facts, ulong position, RetentionMoment moment) =>
        Retention.Kept(facts, moment, Generator?.Population.Seed ?? 0, position);

    private static RetentionPolicy PolicyOf(RetentionSpec spec) => new()
    {
        ExamplesMax = spec.ExamplesMax,
        AgeMax = spec.AgeMax,
        Overflow = spec.Overflow switch
        {
            "oldest-first" => OverflowRule.OldestFirst,
            "reservoir" => OverflowRule.Reservoir,
            var other => throw new ArgumentException($"There is no overflow '{other}'. Use oldest-first or reservoir."),
        },
        BytesMax = spec.BytesMax,
        PeriodsMax = spec.PeriodsMax,
    };

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
