using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>A study in the terms of a cluster.</summary>
internal static class StudySpecs
{
    private const double BytesPerMegabit = 125_000;

    /// <summary>The name of a study's population and task in a cluster.</summary>
    /// <param name="study">The study.</param>
    /// <returns>Lower-case letters, digits and dashes.</returns>
    public static string NameOf(Study study) =>
        $"{Letters(study.Name)}-{study.Seed}";

    /// <summary>A name that a cluster takes.</summary>
    /// <param name="name">Any name.</param>
    /// <returns>Lower-case letters, digits and dashes.</returns>
    public static string Letters(string name) => string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    /// <summary>The population of a study.</summary>
    /// <param name="study">The resolved study.</param>
    /// <param name="survey">What its file holds; null for a generated population.</param>
    /// <param name="trace">What its trace holds; null without one.</param>
    /// <returns>Its specification.</returns>
    public static PopulationSpec PopulationOf(Study study, DataSurvey? survey = null, TraceSpec? trace = null)
    {
        var (population, retention) = (study.Population, study.Population.Retention);
        return new PopulationSpec(
            population.Shards,
            population.HeldOut,
            new RetentionSpec(
                retention.ExamplesMax,
                retention.AgeMaxDays is { } days ? TimeSpan.FromDays(days) : null,
                NameOf(retention.Overflow),
                (long?)retention.BytesMax,
                retention.PeriodsMax,
                retention.TrainOnce,
                Reserve: retention.Reserve,
                ReserveChoice: NameOf(retention.ReserveChoice)),
            population.Generated is { } generated
                ? new GeneratedSpec(
                    study.Seed,
                    generated.Devices,
                    generated.ZipfExponent,
                    generated.ExamplesMean,
                    generated.ExamplesMax,
                    generated.LabelConcentration,
                    population.Periods,
                    generated.Drift)
                : null,
            survey is not null && population.File is { Partition: { Kind: not PartitionKind.Natural } partition }
                ? PartitionOf(partition, study.Seed, survey)
                : null,
            population.Behaviour == new BehaviourSection() ? null : BehaviourOf(population.Behaviour, study.Seed, trace));
    }

    /// <summary>The task of a study.</summary>
    /// <param name="study">The resolved study.</param>
    /// <param name="population">The name of its population.</param>
    /// <param name="classes">The labels of its population, sorted, or the words of its vocabulary.</param>
    /// <returns>Its specification.</returns>
    public static TaskSpec TaskOf(Study study, string population, ImmutableArray<string> classes)
    {
        var model = study.Model;
        return new TaskSpec(
            population,
            study.Seed,
            classes,
            new ModelSpec(NameOf(model.Type), model.Buckets, model.EmbeddingSize, model.HiddenSize, model.Bigrams, model.Assembly, model.Class),
            PlanOf(study),
            study.Task.Type == TaskType.NextWord ? new NextWordSpec(study.Task.Context) : null);
    }

    private static BehaviourSpec BehaviourOf(BehaviourSection behaviour, ulong seed, TraceSpec? trace) => new(
        behaviour.Availability,
        behaviour.DropOut,
        behaviour.Profiles is { } profiles
            ? new ProfilesSpec(
                seed,
                profiles.ExamplesPerSecond,
                profiles.ComputeSpread,
                profiles.DownloadMbits * BytesPerMegabit,
                profiles.UploadMbits * BytesPerMegabit,
                profiles.NetworkSpread,
                profiles.Swing,
                profiles.PeakHour,
                profiles.ZoneHours,
                TimeSpan.FromMinutes(profiles.SessionMinutes),
                trace)
            : null);

    private static PartitionSpec PartitionOf(PartitionSection partition, ulong seed, DataSurvey survey) => new(
        NameOf(partition.Kind),
        partition.Devices,
        partition.Alpha,
        partition.Beta,
        partition.Exponent,
        seed,
        survey.Labels,
        survey.LabelRows);

    private static PlanSpec PlanOf(Study study)
    {
        var (training, evaluation) = (study.Training, study.Evaluation);
        return new PlanSpec(
            training.Rounds,
            training.Cohort,
            SelectionOf(training.Selection),
            LocalOf(training.Local),
            new BoundsPlan(training.Bounds.ClipNorm, training.Bounds.RejectNorm),
            NameOf(training.Weighting),
            ServerOf(training.Server),
            TimeSpan.FromSeconds(training.DeadlineSeconds),
            new EvaluationPlan(evaluation.Every, evaluation.DevicesMax, evaluation.Prequential ?? study.IsContinual),
            training.OverSelection,
            training.MinimumReports,
            study.Population.Periods - study.FirstPeriod,
            study.FirstPeriod,
            training.CheckpointsKept,
            training.Aggregation.Rule == AggregationRule.Mean ? null : AggregationOf(training.Aggregation),
            NameOf(training.Accelerator),
            NameOf(training.Closing));
    }

    private static SelectionPlan SelectionOf(SelectionSection selection) => new(
        NameOf(selection.Strategy),
        selection.Exponent,
        selection.Floor,
        selection.InclusionMax,
        selection.Share,
        selection.Temperature,
        selection.MinimumGap,
        selection.Assembly,
        selection.Class,
        NameOf(selection.Counts),
        selection.Decay,
        selection.Strategy == SelectionStrategy.PowerOfChoice ? selection.Candidates : null,
        selection.Strategy == SelectionStrategy.Oort ? OortOf(selection.Oort) : null);

    private static OortPlan OortOf(OortSection oort) =>
        new(oort.Exploration, oort.ExplorationDecay, oort.ExplorationMin, oort.ClipQuantile, oort.Uncertainty);

    private static LocalPlan LocalOf(LocalSection local) => new(
        local.Epochs,
        local.Steps,
        local.BatchSize,
        local.LearningRate,
        local.ExamplesMax,
        NameOf(local.Optimizer),
        local.Momentum,
        local.Beta1,
        local.Beta2,
        local.Epsilon,
        local.WeightDecay,
        local.Proximal);

    private static AggregationPlan AggregationOf(AggregationSection aggregation) => new(
        NameOf(aggregation.Rule),
        NameOf(aggregation.Over),
        aggregation.Trim ?? AggregationPlan.TrimDefault,
        aggregation.Bound ?? 1,
        aggregation.Byzantine ?? AggregationPlan.ByzantineDefault,
        aggregation.Selected,
        (long)(aggregation.BytesMax ?? AggregationPlan.BytesMaxDefault));

    private static ServerPlan ServerOf(ServerSection server) => new(
        NameOf(server.Optimizer),
        server.LearningRate,
        server.Beta1,
        server.Beta2,
        server.Epsilon,
        server.Momentum,
        new SchedulePlan(NameOf(server.Schedule.Decay), server.Schedule.WarmupRounds, server.Schedule.StepRounds, server.Schedule.StepFactor));

    // The names that a study file and a cluster use are the same.
    private static string NameOf<T>(T value)
        where T : struct, Enum => StudyJson.WordsOf(typeof(T)).First(word => value.Equals(word.Value)).Key;
}
