using System.Numerics;

namespace Sheaf.Client.Studies;

/// <summary>Checks the values of a study, and reports all mistakes at once. The ranges are documented at the sections' properties.</summary>
internal static class StudyValidator
{
    private const int ExamplesMax = 1_000_000;
    private const int DevicesMax = 10_000_000;
    private const double SpeedMax = 1_000_000;

    /// <summary>The ranges of all numbers, by field.</summary>
    public static IReadOnlyDictionary<string, StudyRange> Ranges { get; } =
        CheckFields(new Study { Population = new() { Generated = new(), File = new(), Behaviour = new() { Profiles = new() } } }).Ranges;

    /// <summary>Checks every field, and the fields that must go together where each is right by itself.</summary>
    /// <param name="study">The study.</param>
    /// <param name="before">Mistakes that were found when it was read; in their place stand defaults, which are not held against it.</param>
    /// <returns>Its other mistakes, in the order of its fields; empty when it is right.</returns>
    public static IReadOnlyList<StudyMistake> Validate(Study study, params IReadOnlyCollection<StudyMistake> before)
    {
        ArgumentNullException.ThrowIfNull(study);
        return ValidateAll(study, null, null, before);
    }

    /// <summary>Checks what <see cref="Validate"/> does, and that the study names all that a run needs: a file, when its source is one.</summary>
    /// <param name="study">The study.</param>
    /// <param name="labels">How many labels its file has; null while nobody has looked.</param>
    /// <param name="devices">How many devices the rows of its file name; null while nobody has looked.</param>
    /// <returns>Its mistakes, in the order of its fields; empty when it can be run.</returns>
    public static IReadOnlyList<StudyMistake> ValidateToRun(Study study, int? labels = null, int? devices = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        var mistakes = ValidateAll(study, labels, devices, []);
        return study.Population is { Source: PopulationSource.File, File: null or { Path: null } }
            ? [.. mistakes, new StudyMistake("population.file.path", "no file is named", "Name the file that holds the examples, with --data FILE or here.")]
            : mistakes;
    }

    private static IReadOnlyList<StudyMistake> ValidateAll(Study study, int? labels, int? devices, IReadOnlyCollection<StudyMistake> before)
    {
        var mistakes = CheckFields(study).Mistakes;
        return [.. mistakes, .. StudyCombinations.Validate(study, labels, devices, [.. before.Concat(mistakes).Select(mistake => mistake.Path)])];
    }

    private static StudyChecks CheckFields(Study study)
    {
        var checks = new StudyChecks();
        checks.Name("name", study.Name);
        ArmChecks.Check(checks, study);
        CheckPopulation(checks, study.Population);
        CheckGenerated(checks, study.Population.Generated);
        CheckFile(checks, study.Population.File);
        CheckTask(checks, study.Task);
        CheckModel(checks, study.Model);
        CheckTraining(checks, study.Training);
        CheckSelection(checks, study.Training.Selection);
        CheckLocal(checks, study.Training.Local);
        CheckBounds(checks, study.Training.Bounds);
        CheckAggregation(checks, study.Training.Aggregation);
        CheckServer(checks, study.Training.Server);
        CheckEvaluation(checks, study.Evaluation);
        return checks;
    }

    private static void CheckPopulation(StudyChecks checks, PopulationSection population)
    {
        checks.Defined("population.source", population.Source);
        checks.BelowOne("population.heldOut", population.HeldOut, "Use a share of the examples such as 0.2.");
        const string shards = "population.shards";
        checks.Between(shards, population.Shards, 1, 1024, "Use a power of two from 1 to 1024.");
        if (population.Shards is >= 1 and <= 1024 && !int.IsPow2(population.Shards))
        {
            var above = (int)BitOperations.RoundUpToPowerOf2((uint)population.Shards);
            checks.Add(shards, $"{population.Shards} is not a power of two", $"Use {above / 2} or {above}.");
        }

        checks.Between("population.periods", population.Periods, 1, 10_000, "Use 1 period (all examples at the start) to 10000.");
        checks.Defined("population.arrival", population.Arrival);
        checks.Positive("population.behaviour.availability", population.Behaviour.Availability, 1, "Use a probability; with 1 devices are always there.");
        checks.BelowOne("population.behaviour.dropOut", population.Behaviour.DropOut, "Use a probability such as 0.1; with 0 nobody drops out.");
        CheckProfiles(checks, population.Behaviour.Profiles);
        CheckRetention(checks, population.Retention);
    }

    private static void CheckProfiles(StudyChecks checks, ProfilesSection? profiles)
    {
        if (profiles is null)
        {
            return;
        }

        const string path = "population.behaviour.profiles.";
        checks.Between(path + "examplesPerSecond", profiles.ExamplesPerSecond, 0.001, SpeedMax, "Use for example 50 examples a second.");
        checks.Between(path + "computeSpread", profiles.ComputeSpread, 0, 5, "Use 0 (all devices alike) to 5, such as 0.7.");
        checks.Between(path + "downloadMbits", profiles.DownloadMbits, 0.001, SpeedMax, "Use for example 20 megabits a second.");
        checks.Between(path + "uploadMbits", profiles.UploadMbits, 0.001, SpeedMax, "Use for example 5 megabits a second.");
        checks.Between(path + "networkSpread", profiles.NetworkSpread, 0, 5, "Use 0 (all networks alike) to 5, such as 0.7.");
        checks.Between(path + "swing", profiles.Swing, 1, 1000, "Use 1 (as many devices at all hours) to 1000, such as 4.");
        checks.Below(path + "peakHour", profiles.PeakHour, 24, "Use an hour of the day, such as 2.");
        checks.Between(path + "zoneHours", profiles.ZoneHours, 0, 24, "Spread the devices over 0 (one time zone) to 24 hours.");
        checks.Between(path + "sessionMinutes", profiles.SessionMinutes, 0.1, 10_080, "Use 0.1 minutes to a week (10080), such as 30.");
        checks.Between(path + "traceHours", profiles.TraceHours, 0.1, 87_600, "Use the hours that the trace is long, such as 168.");
        if (profiles.TraceFile is { } file && (string.IsNullOrWhiteSpace(file) || file.Contains('\0', StringComparison.Ordinal)))
        {
            checks.Add(path + "traceFile", "it is empty, or holds a character with code 0", "Name a file with one device a line, or write null.");
        }
    }

    private static void CheckRetention(StudyChecks checks, RetentionSection retention)
    {
        checks.Between(
            "population.retention.examplesMax", retention.ExamplesMax ?? 1, 1, int.MaxValue,
            "Keep at least 1 example, or write null to keep all.");
        checks.Defined("population.retention.overflow", retention.Overflow);
        checks.Between(
            "population.retention.ageMaxDays", retention.AgeMaxDays ?? 1, 0.001, 36_500,
            "Use a number of days from 0.001 to 36500, or null to keep examples for ever.");
        checks.Between("population.retention.bytesMax", retention.BytesMax ?? 1, 1, 1e12, "Keep at least 1 byte, or write null to keep any number.");
        checks.Between("population.retention.reserve", retention.Reserve, 0, 1_000_000, "Keep 0 to 1000000 to replay.");
        checks.Defined("population.retention.reserveChoice", retention.ReserveChoice);
        checks.Between(
            "population.retention.periodsMax", retention.PeriodsMax ?? 1, 1, int.MaxValue,
            "Keep at least 1 period, the one under way, or write null to keep all.");
    }

    private static void CheckGenerated(StudyChecks checks, GeneratedSection? generated)
    {
        if (generated is null)
        {
            return;
        }

        checks.Between("population.generated.devices", generated.Devices, 1, DevicesMax, "Use 1 to 10000000 devices.");
        checks.Between("population.generated.zipfExponent", generated.ZipfExponent, 0, 4, "Use 0 (all devices alike) to 4; 1 is usual.");
        checks.Between(
            "population.generated.examplesMax", generated.ExamplesMax, 1, ExamplesMax,
            "Let a device have at most 1 to 1000000 examples in a period.");
        checks.Positive(
            "population.generated.examplesMean", generated.ExamplesMean, ExamplesMax, "Give devices for example 13 examples a period on average.");
        checks.Between(
            "population.generated.labelConcentration", generated.LabelConcentration, 0.001, 1_000_000,
            "Use for example 0.1 (devices differ) to 100 (devices are alike).");
        checks.Between("population.generated.drift", generated.Drift, 0, 1, "Use 0 (nothing changes) to 1.");
    }

    private static void CheckFile(StudyChecks checks, FileSection? file)
    {
        if (file is null)
        {
            return;
        }

        if (file.Path is { } path && (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)))
        {
            checks.Add(
                "population.file.path", "it is empty, or holds a character with code 0",
                "Name a file, or leave it out and name the file when you run the study.");
        }

        checks.Defined("population.file.format", file.Format);
        checks.Defined("population.file.cut", file.Cut);
        CheckColumn(checks, "device", file.Columns.Device, " or write null: all rows belong to one device.");
        CheckColumn(checks, "time", file.Columns.Time, " or write null: the rows are in the order of time.");
        CheckColumn(checks, "text", file.Columns.Text, ".");
        CheckColumn(checks, "label", file.Columns.Label, " or write null for a file of texts alone.");
        CheckColumn(checks, "split", file.Columns.Split, " or leave it out.");
        CheckPartition(checks, file.Partition);
    }

    private static void CheckPartition(StudyChecks checks, PartitionSection partition)
    {
        checks.Defined("population.file.partition.kind", partition.Kind);
        checks.Between("population.file.partition.devices", partition.Devices, 1, 100_000, "Use 1 to 100000 devices.");
        const string concentration = "Use for example 0.1 (devices differ) to 100 (devices are alike).";
        checks.Between("population.file.partition.alpha", partition.Alpha, 0.001, 1_000_000, concentration);
        checks.Between("population.file.partition.beta", partition.Beta, 0.001, 1_000_000, concentration);
        checks.Between("population.file.partition.exponent", partition.Exponent, 0, 4, "Use 0 (all devices alike) to 4; 1 is usual.");
    }

    private static void CheckColumn(StudyChecks checks, string role, string? column, string otherwise)
    {
        if (column is not null && string.IsNullOrWhiteSpace(column))
        {
            checks.Add($"population.file.columns.{role}", "it is empty", $"Name a column of the file{otherwise}");
        }
    }

    private static void CheckTask(StudyChecks checks, TaskSection task)
    {
        checks.Defined("task.type", task.Type);
        checks.Between("task.vocabulary", task.Vocabulary, 2, 50_000, "Keep 2 to 50000 words, such as 2000.");
        checks.Between("task.context", task.Context, 1, 8, "Let 1 to 8 words before a word say what it is.");
        if (task.VocabularyFile is { } path && (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)))
        {
            checks.Add("task.vocabularyFile", "it is empty, or holds a character with code 0", "Name a text file with one word a line, or write null.");
        }
    }

    private static void CheckModel(StudyChecks checks, ModelSection model)
    {
        checks.Defined("model.type", model.Type);
        checks.Between("model.buckets", model.Buckets, 1, 10_000_000, "Use 1 to 10000000 buckets.");
        checks.Between("model.embeddingSize", model.EmbeddingSize, 1, 4096, "Use 1 to 4096 values per token.");
        checks.Between("model.hiddenSize", model.HiddenSize, 1, 65_536, "Use 1 to 65536 units.");
        new OwnClassFields("model", "model.type").Check(checks, model.Assembly, model.Class);
    }

    private static void CheckTraining(StudyChecks checks, TrainingSection training)
    {
        checks.Between("training.rounds", training.Rounds, 1, 1_000_000, "Train for 1 to 1000000 rounds.");
        checks.Between(
            "training.cohort", training.Cohort, 1, 10_000_000,
            training.Cohort < 1 ? "Use at least 1 device per round." : "Use at most 10000000 devices per round.");
        checks.Between("training.overSelection", training.OverSelection, 1, 10, "Use a factor from 1 to 10, such as 1.3.");
        checks.Between("training.checkpointsKept", training.CheckpointsKept, 0, 1000, "Keep 0 to 1000 of them.");
        checks.Between("training.minimumReports", training.MinimumReports, 1, 100_000_000, "Let a round need 1 to 100000000 updates.");
        checks.Defined("training.weighting", training.Weighting);
        checks.Defined("training.closing", training.Closing);
        checks.Defined("training.accelerator", training.Accelerator);
        checks.Between(
            "training.deadlineSeconds", training.DeadlineSeconds, 0.001, 604_800,
            "Give a round a millisecond (0.001) to a week (604800).");
    }

    private static void CheckSelection(StudyChecks checks, SelectionSection selection)
    {
        checks.Defined("training.selection.strategy", selection.Strategy);
        checks.Between(
            "training.selection.exponent", selection.Exponent, 0, 2,
            "Use 1 for selection in proportion to activity, 0.5 for its square root.");
        checks.BelowOne(
            "training.selection.floor", selection.Floor,
            "Use 0 (activity decides alone) or more, such as 0.1; where activity shall not matter, use the strategy \"uniform\".");
        checks.Positive("training.selection.inclusionMax", selection.InclusionMax, 1, "Use a probability; 1 sets no limit.");
        checks.Positive("training.selection.share", selection.Share, 1, "Use a share of the devices such as 0.1.");
        checks.Between(
            "training.selection.candidates", selection.Candidates ?? 1, 1, 100_000_000, "Use 1 to 100000000 candidates, such as twice the cohort, or null.");
        CheckOort(checks, selection.Oort);
        checks.Between("training.selection.minimumGap", selection.MinimumGap, 0, 1000, "Let a device sit out 0 to 1000 rounds.");
        checks.Defined("training.selection.counts", selection.Counts);
        checks.Positive("training.selection.decay", selection.Decay, 1, "Use 1 (all examples count alike) or less, such as 0.5.");
        checks.Between("training.selection.temperature", selection.Temperature, 0, 40, "Use 0 (all alike) to 40, such as 1.");
        new OwnClassFields("training.selection", "training.selection.strategy").Check(checks, selection.Assembly, selection.Class);
    }

    private static void CheckOort(StudyChecks checks, OortSection oort)
    {
        checks.Between("training.selection.oort.exploration", oort.Exploration, 0, 1, "Use a share of the cohort such as 0.9.");
        checks.Positive("training.selection.oort.explorationDecay", oort.ExplorationDecay, 1, "Use 1 (it stays) or less, such as 0.95.");
        checks.Between("training.selection.oort.explorationMin", oort.ExplorationMin, 0, 1, "Use a share of the cohort such as 0.2.");
        checks.Positive("training.selection.oort.clipQuantile", oort.ClipQuantile, 1, "Use 1 (nothing is clipped) or less, such as 0.98.");
        checks.Between("training.selection.oort.uncertainty", oort.Uncertainty, 0, 1_000_000, "Use 0 (only utility counts) or more, such as 0.1.");
    }

    private static void CheckLocal(StudyChecks checks, LocalSection local)
    {
        checks.Between("training.local.epochs", local.Epochs, 1, 10_000, "Pass 1 to 10000 times over the examples.");
        checks.Between(
            "training.local.steps", local.Steps ?? 1, 1, 1_000_000,
            "Use 1 to 1000000 batches, or null to count epochs instead.");
        checks.Between("training.local.batchSize", local.BatchSize, 1, ExamplesMax, "Put 1 to 1000000 examples in a batch.");
        checks.Positive("training.local.learningRate", local.LearningRate, 1000, "Use a step size such as 0.1.");
        checks.Between("training.local.examplesMax", local.ExamplesMax, 1, ExamplesMax, "Use 1 to 1000000 examples of a device.");
        checks.Defined("training.local.optimizer", local.Optimizer);
        checks.BelowOne("training.local.momentum", local.Momentum, "Use 0 (no memory) or more, such as 0.9.");
        checks.BelowOne("training.local.beta1", local.Beta1, "Use 0 (no memory) or more, such as 0.9.");
        checks.BelowOne("training.local.beta2", local.Beta2, "Use 0 (no memory) or more, such as 0.999.");
        checks.Between("training.local.epsilon", local.Epsilon, 1e-12, 1, "Use a small number such as 1e-8.");
        checks.Between("training.local.weightDecay", local.WeightDecay, 0, 1000, "Use 0 (no decay) or more, such as 0.01.");
        checks.Between("training.local.proximal", local.Proximal, 0, 1_000_000, "Use 0 (no proximal term) or more, such as 0.01.");
    }

    private static void CheckBounds(StudyChecks checks, BoundsSection bounds)
    {
        checks.Positive("training.bounds.clipNorm", bounds.ClipNorm, 1e6, "Use a norm such as 10.");
        checks.Positive("training.bounds.rejectNorm", bounds.RejectNorm, 1e9, "Use a norm such as 1000.");
    }

    private static void CheckAggregation(StudyChecks checks, AggregationSection aggregation)
    {
        checks.Defined("training.aggregation.rule", aggregation.Rule);
        checks.Defined("training.aggregation.over", aggregation.Over);
        checks.Below("training.aggregation.trim", aggregation.Trim ?? 0, 0.5, "Leave out 0 (none) or more at either end, such as 0.1.");
        checks.Positive("training.aggregation.bound", aggregation.Bound ?? 1, 1e6, "Use a norm such as 1.");
        checks.Between("training.aggregation.byzantine", aggregation.Byzantine ?? 1, 0, 1_000_000, "Let 0 to 1000000 inputs be corrupt.");
        checks.Between("training.aggregation.selected", aggregation.Selected ?? 1, 1, 1_000_000, "Average 1 to 1000000 inputs, or write null.");
        checks.Between("training.aggregation.bytesMax", aggregation.BytesMax ?? 1, 1, 1e12, "Allow at least 1 byte, such as 268435456 (256 MiB).");
    }

    private static void CheckServer(StudyChecks checks, ServerSection server)
    {
        checks.Defined("training.server.optimizer", server.Optimizer);
        checks.Positive(
            "training.server.learningRate", server.LearningRate, 1000,
            "Use a step size such as 1 for fedavg and fedavgm, 0.01 for the others.");
        checks.BelowOne("training.server.beta1", server.Beta1, "Use 0 (no memory) or more, such as 0.9.");
        checks.BelowOne("training.server.beta2", server.Beta2, "Use 0 (no memory) or more, such as 0.99.");
        checks.Positive("training.server.epsilon", server.Epsilon, 1, "Use a small number such as 0.001.");
        checks.BelowOne("training.server.momentum", server.Momentum, "Use 0 (no memory) or more, such as 0.9.");
        checks.Defined("training.server.schedule.decay", server.Schedule.Decay);
        checks.Between(
            "training.server.schedule.warmupRounds", server.Schedule.WarmupRounds, 0, 999_999, "Warm up for 0 to 999999 rounds.");
        checks.Between("training.server.schedule.stepRounds", server.Schedule.StepRounds, 1, 1_000_000, "Use 1 to 1000000 rounds.");
        checks.Positive("training.server.schedule.stepFactor", server.Schedule.StepFactor, 1, "Use a factor such as 0.5.");
    }

    private static void CheckEvaluation(StudyChecks checks, EvaluationSection evaluation)
    {
        checks.Between(
            "evaluation.every", evaluation.Every, 0, 1_000_000,
            "Evaluate every 1 or more rounds, or write 0 for only after the last.");
        checks.Between("evaluation.devicesMax", evaluation.DevicesMax, 1, DevicesMax, "Use 1 to 10000000 devices.");
        checks.Positive("evaluation.target", evaluation.Target ?? 1, 1, "Use an accuracy such as 0.8, or null.");
    }
}
