using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Sheaf.Client.Tests.Studies;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Training;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Models;
using Sheaf.Learning.Selection;
using Sheaf.Learning.Text;

namespace Sheaf.Client.Tests.Running;

/// <summary>What the validator accepts, a cluster accepts too.</summary>
public sealed class StudySpecsTests
{
    private const long ModelValuesMax = 1L << 28;

    // Ends of ranges, what lies just beyond them, and what integers and floating-point numbers find hard.
    private static readonly double[] Extremes =
    [
        0, 5e-324, 1e-300, 1e-12, 1e-6, 0.0009, 0.001, 0.01, 0.05, 0.5, 0.999, 0.9999999999999999, 1, 1.5, 2, 4, 10, 13, 16, 50, 64, 100, 1000, 1024,
        2000, 4096, 10_000, 65_536, 604_800, 1_000_000, 4_194_304, 10_000_000, 100_000_000, 1e9, int.MaxValue,
    ];

    private static readonly IReadOnlyList<string> NumberPaths = [.. StudyValidatorTests.NumbersBelow(typeof(Study), "").Except(["seed"])];

    private static readonly Gen<(string Path, double Value)[]> Changes =
        Gen.Select(Gen.Int[0, NumberPaths.Count - 1], Gen.Int[0, Extremes.Length - 1], (path, value) => (NumberPaths[path], Extremes[value])).Array[1, 6];

    [Fact]
    public void Specs_AnyValidStudy_AreWhatAClusterTakes() =>
        Gen.Select(StudyGenerator.Studies, Gen.Int[2, 10_000]).Sample(
            (study, labels) =>
            {
                labels = study.Population.Source == PopulationSource.Generated ? GeneratedSection.Labels : labels;
                if (StudyValidator.ValidateToRun(study with { Population = WithFileNamed(study.Population) }, labels).Count == 0)
                {
                    AssertTaken(study, labels);
                }
            },
            iter: 1000);

    [Fact]
    public void Specs_ExtremeValues_AreRefusedByTheValidatorOrTakenByACluster()
    {
        var accepted = 0;
        Gen.Select(Changes, Gen.Enum<ModelType>().Where(model => model != ModelType.LogBilinear), Gen.Enum<ServerOptimizer>(), Gen.Enum<UpdateWeighting>(), Gen.Enum<SelectionStrategy>()).Sample(
            (changes, model, server, weighting, strategy) =>
            {
                var json = Study(model, server, weighting, strategy);
                foreach (var (path, value) in changes)
                {
                    json = StudyValidatorTests.Merge(json, path, value.ToString("R", CultureInfo.InvariantCulture));
                }

                if (TryRead(json) is { } study)
                {
                    AssertTaken(study, GeneratedSection.Labels);
                    Interlocked.Increment(ref accepted);
                }
            },
            iter: 20_000);

        // About a tenth of such studies is right, so that the property is not about refused ones alone.
        Assert.True(accepted > 500, $"{accepted} were accepted.");
    }

    [Fact]
    public void Labels_GeneratedPopulation_AreAsManyAsTheValidatorCountsOn() =>
        Assert.Equal(GeneratedSection.Labels, new PopulationView(StudySpecs.PopulationOf(new Study().Resolve())).Generator!.Labels.Length);

    [Fact]
    public void Specs_DropOutAndOverSelection_TravelAndDevicesThatAlwaysAnswerNeedNoWord()
    {
        var study = new Study
        {
            Population = new() { Behaviour = new() { Availability = 0.7, DropOut = 0.3 } },
            Training = new() { OverSelection = 1.5, MinimumReports = 40, CheckpointsKept = 7, Accelerator = TrainingAccelerator.Cuda },
        }.Resolve();

        var plan = StudySpecs.TaskOf(study, StudySpecs.NameOf(study), ["no", "yes"]).Plan;

        Assert.Equal((75, 1.5, 40, 7, "cuda"), (plan.Selected, plan.OverSelection, plan.MinimumReports, plan.CheckpointsKept, plan.Accelerator));
        Assert.Equal(new BehaviourSpec(0.7, 0.3), StudySpecs.PopulationOf(study).Behaviour);
        Assert.Null(StudySpecs.PopulationOf(new Study().Resolve()).Behaviour);
    }

    [Fact]
    public void Specs_Profiles_TravelInBytesAndWithTheSeed()
    {
        var profiles = new ProfilesSection
        {
            ExamplesPerSecond = 3, ComputeSpread = 0.4, DownloadMbits = 8, UploadMbits = 2, NetworkSpread = 0.6, Swing = 2, PeakHour = 5, ZoneHours = 6, SessionMinutes = 7,
        };
        var study = new Study
        {
            Seed = 11,
            Population = new() { Behaviour = new() { Availability = 0.5, Profiles = profiles } },
            Training = new() { Closing = RoundClosing.Cohort },
        }.Resolve();
        var trace = new TraceSpec(TimeSpan.FromHours(1), [new TraceDevice(1, 2, 3, [])]);

        Assert.Equal(
            new BehaviourSpec(0.5, 0, new ProfilesSpec(11, 3, 0.4, 1_000_000, 250_000, 0.6, 2, 5, 6, TimeSpan.FromMinutes(7), trace)),
            StudySpecs.PopulationOf(study, trace: trace).Behaviour);
        Assert.Equal("cohort", StudySpecs.TaskOf(study, "p", ["no", "yes"]).Plan.Closing);
        Assert.Equal("all", StudySpecs.TaskOf(new Study().Resolve(), "p", ["no", "yes"]).Plan.Closing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PopulationOf_Retention_TravelsRuleByRule(bool isOnce)
    {
        var retention = new RetentionSection
        {
            ExamplesMax = 5, Overflow = RetentionOverflow.Reservoir, AgeMaxDays = 1.5, BytesMax = 700, PeriodsMax = 3, TrainOnce = isOnce,
        };
        var study = new Study { Population = new() { Retention = retention } }.Resolve();

        Assert.Equal(
            new RetentionSpec(5, TimeSpan.FromHours(36), "reservoir", 700, 3, isOnce, Version: 0), StudySpecs.PopulationOf(study).Retention);
    }

    [Fact]
    public void Specs_WhatReportsGuide_TravelsWithTheStrategyThatUsesIt()
    {
        var selection = new SelectionSection { Candidates = 70, Oort = new() { Exploration = 0.5, ExplorationDecay = 0.6, ExplorationMin = 0.1, ClipQuantile = 0.9, Uncertainty = 3 } };
        SelectionPlan PlanOf(SelectionStrategy strategy) => StudySpecs.TaskOf(
            new Study { Training = new() { Selection = selection with { Strategy = strategy } } }.Resolve(), "t", ["no", "yes"]).Plan.Selection;

        // A task that was stored before these fields came is still the same one.
        Assert.Equal((null, null), (PlanOf(SelectionStrategy.Power).Candidates, PlanOf(SelectionStrategy.Power).Oort));
        Assert.Equal((70, null), (PlanOf(SelectionStrategy.PowerOfChoice).Candidates, PlanOf(SelectionStrategy.PowerOfChoice).Oort));
        Assert.Equal((null, new OortPlan(0.5, 0.6, 0.1, 0.9, 3)), (PlanOf(SelectionStrategy.Oort).Candidates, PlanOf(SelectionStrategy.Oort).Oort));
        Assert.Equal(new OortPlan(), PlanOfDefaults().Oort);
    }

    [Fact]
    public void Specs_Aggregation_TravelsUnlessItIsTheMean()
    {
        static AggregationPlan? PlanOf(AggregationSection aggregation) =>
            StudySpecs.TaskOf(new Study { Training = new() { Aggregation = aggregation } }.Resolve(), "p", ["no", "yes"]).Plan.Aggregation;

        // A task that was stored before these fields came is still the same one.
        Assert.Null(PlanOf(new()));
        Assert.Equal(new AggregationPlan("median"), PlanOf(new() { Rule = AggregationRule.Median }));
        Assert.Equal(
            new AggregationPlan("trimmed-mean", "updates", Trim: 0.3, BytesMax: 1_000_000_000),
            PlanOf(new() { Rule = AggregationRule.TrimmedMean, Over = AggregationInputs.Updates, Trim = 0.3, BytesMax = 1e9 }));
        Assert.Equal(new AggregationPlan("norm-bounded-mean", Bound: 2), PlanOf(new() { Rule = AggregationRule.NormBoundedMean, Bound = 2 }));
        Assert.Equal(
            new AggregationPlan("multi-krum", Byzantine: 2, Selected: 5), PlanOf(new() { Rule = AggregationRule.MultiKrum, Byzantine = 2, Selected = 5 }));
    }

    private static SelectionPlan PlanOfDefaults() =>
        StudySpecs.TaskOf(new Study { Training = new() { Selection = new() { Strategy = SelectionStrategy.Oort } } }.Resolve(), "t", ["no", "yes"]).Plan.Selection;

    [Fact]
    public void NameOf_StudyWithDotsAndCapitals_IsPlain() =>
        Assert.Equal("my-study-2-7", StudySpecs.NameOf(new Study { Name = "My.Study_2", Seed = 7 }));

    private static void AssertTaken(Study study, int labels)
    {
        var population = new PopulationView(StudySpecs.PopulationOf(study));
        var isLanguage = study.Task.Type == TaskType.NextWord;
        ImmutableArray<string> names = [.. Enumerable.Range(0, isLanguage ? study.Task.Vocabulary : labels).Select(name => $"{name}")];
        var task = StudySpecs.TaskOf(study, StudySpecs.NameOf(study), isLanguage ? Vocabulary.ClassesOf(names) : names);
        var program = new TaskProgram(task, new FoundClasses());

        Assert.Empty(population.Retention.Problems());
        program.Selection.EnsureValid();
        Assert.InRange(program.Architecture.ParameterCount, 1, ModelValuesMax);
        Assert.True(program.Bounds.RejectNorm >= program.Bounds.ClipNorm && program.Bounds.ClipNorm > 0);
        Assert.True(task.Plan.Deadline > TimeSpan.Zero);
        Assert.InRange(program.Selection.Weights.Resolve(ActivityHistogram.Of([1, int.MaxValue])).WeightOf(int.MaxValue), 1e-9, Math.ScaleB(1, 64));
        Assert.True(program.Scale.UnitsPerOne > 0);
        Assert.Equal(NameOf(study.Training.Server.Optimizer), program.Server.Name);
        if (population.Generator is { Population: var generated })
        {
            Assert.True((long)generated.Periods * generated.ExamplesMax <= int.MaxValue);
        }
    }

    private static string NameOf(ServerOptimizer optimizer) => optimizer.ToString().ToLowerInvariant();

    private static PopulationSection WithFileNamed(PopulationSection population) =>
        population.File is { } file ? population with { File = file with { Path = "d.tsv" } } : population;

    private static Study? TryRead(string json)
    {
        try
        {
            return StudyReader.Read(json, "s");
        }
        catch (StudyException)
        {
            return null;
        }
    }

    private static string Study(ModelType model, ServerOptimizer server, UpdateWeighting weighting, SelectionStrategy strategy) => StudyWriter.Write(new Study
    {
        Model = new() { Type = model, Assembly = NameOf(model == ModelType.Own), Class = NameOf(model == ModelType.Own) },
        Training = new()
        {
            Server = new() { Optimizer = server },
            Weighting = weighting,
            Selection = new()
            {
                Strategy = strategy,
                Assembly = NameOf(strategy == SelectionStrategy.Own),
                Class = NameOf(strategy == SelectionStrategy.Own),
            },
        },
    });

    private static string? NameOf(bool isOwn) => isOwn ? "own" : null;

    // Whether classes can be loaded is not what these tests are about.
    private sealed class FoundClasses : IOwnClasses
    {
        public ModelArchitecture ModelOf(OwnClass source, int buckets, int classes) => new SoftmaxRegression(1, classes);

        public ISelectionWeights WeightsOf(OwnClass source) => new OwnWeights(source, new LogWeights());
    }

}
