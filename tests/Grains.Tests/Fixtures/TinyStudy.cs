using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Populations;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>A study of a second: sixty devices, a few sentences each.</summary>
internal static class TinyStudy
{
    public const ulong PopulationSeed = 77;
    public const int Devices = 60;
    public const double ZipfExponent = 0.8;
    public const double ExamplesMean = 8;
    public const int Shards = 8;
    public const double HeldOut = 0.2;
    public const int Buckets = 500;
    public const int EmbeddingSize = 16;
    public const int HiddenSize = 16;
    public const int Cohort = 12;
    public const int Rounds = 3;
    public const int BatchSize = 5;
    public const int ExamplesMax = 40;
    public const double LearningRate = 0.5;
    public const double ClipNorm = 10;
    public const double RejectNorm = 1000;
    public const double ServerLearningRate = 0.02;
    public const double Beta1 = 0.9;
    public const double Beta2 = 0.99;
    public const double Epsilon = 0.001;

    /// <summary>What the population's devices hold.</summary>
    public static PopulationGenerator Generator { get; } = new(
        new GeneratedPopulation
        {
            Seed = PopulationSeed,
            Devices = Devices,
            ZipfExponent = ZipfExponent,
            ExamplesMean = ExamplesMean,
            ExamplesMax = ExamplesMax,
            LabelConcentration = 10,
            Periods = 1,
            Drift = 0,
        },
        new HeldOutSplit(0, HeldOut));

    /// <summary>What the devices of a population of several periods make.</summary>
    public static PopulationGenerator PeriodsOf(int periods) => new(Generator.Population with { Periods = periods }, new HeldOutSplit(0, HeldOut));

    public static ImmutableArray<string> Labels => Generator.Labels;

    public static SelectionSpec Selection => new() { Weights = new PowerWeights(1), Cohort = Cohort };

    public static PopulationSpec Population(RetentionSpec? retention = null) => new(
        Shards,
        HeldOut,
        retention ?? new RetentionSpec(null, null),
        new GeneratedSpec(PopulationSeed, Devices, ZipfExponent, ExamplesMean, ExamplesMax, LabelConcentration: 10, Periods: 1, Drift: 0));

    /// <summary>A population that is pushed.</summary>
    public static PopulationSpec Pushed(double heldOut = 0, int? examplesMax = null, TimeSpan? ageMax = null) =>
        new(4, heldOut, new RetentionSpec(examplesMax, ageMax), null);

    public static TaskSpec Task(string population, ulong seed, int rounds = Rounds, double learningRate = LearningRate) => new(
        population,
        seed,
        Labels,
        new ModelSpec("embedding-bag", Buckets, EmbeddingSize, HiddenSize, Bigrams: false),
        new PlanSpec(
            rounds,
            Cohort,
            new SelectionPlan("power", 1, 0, 1, 1, 0, 0),
            new LocalPlan(1, null, BatchSize, learningRate, ExamplesMax),
            new BoundsPlan(ClipNorm, RejectNorm),
            "equal",
            new ServerPlan("fedadam", ServerLearningRate, Beta1, Beta2, Epsilon, 0, new SchedulePlan("constant", 0, 1, 1)),
            TimeSpan.FromMinutes(5),
            new EvaluationPlan(1, 20)));

    /// <summary>Records without what may differ between runs of the same study.</summary>
    public static RoundRecord[] Comparable(IEnumerable<RoundRecord> records) =>
        [.. records.Select(record => record with { Attempts = 0, Seconds = ImmutableSortedDictionary<RoundPhase, double>.Empty })];
}
