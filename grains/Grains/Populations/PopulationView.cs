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
        Retention = new RetentionPolicy { ExamplesMax = spec.Retention.ExamplesMax, AgeMax = spec.Retention.AgeMax };
        var problems = string.Join(" ", Retention.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException($"This population cannot be kept. {problems}", nameof(spec));
        }

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
}
