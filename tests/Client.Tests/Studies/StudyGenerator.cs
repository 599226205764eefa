using System.Text.Json;
using CsCheck;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

/// <summary>Generates valid studies that differ in every field.</summary>
internal static class StudyGenerator
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char["aé😀\"\\/<&'\n\t\u0001 "[..]], 0, 12].Where(IsWhole);

    private static readonly Gen<string> Column = Gen.String[Gen.Char["abü \"."], 1, 6].Select(text => "c" + text);

    private static readonly Gen<DataColumns> Columns =
        Gen.Select(Column.Null(), Column.Null(), Column, Column.Null(), Column.Null(), (device, time, text, label, split) =>
            new DataColumns { Device = device, Time = time, Text = text + "1", Label = label is null ? null : label + "2", Split = split });

    private static readonly Gen<PartitionSection> Partition = Gen.Select(
        Gen.Enum<PartitionKind>(), Gen.Int[1000, 100_000], Gen.Double[0.001, 1e6], Gen.Double[0.001, 1e6], Gen.Double[0, 4],
        (kind, devices, alpha, beta, exponent) =>
            new PartitionSection { Kind = kind, Devices = devices, Alpha = alpha, Beta = beta, Exponent = exponent });

    private static readonly Gen<FileSection> File = Gen.Select(Column.Null(), Gen.Enum<DataFormat>(), Columns, Partition, (path, format, columns, partition) =>
        new FileSection { Path = path, Format = format, Columns = columns, Partition = partition, Cut = path is null ? PeriodCutting.Time : PeriodCutting.Rows });

    private static readonly Gen<GeneratedSection> Generated = Gen.Select(
        Gen.Select(Gen.Int[1000, 10_000_000], Gen.Double[0, 4]), Gen.Double[0.001, 1], Gen.Int[1, 200_000],
        Gen.Double[0.001, 1e6], Gen.Double[0, 1],
        (devices, meanOfMax, examples, concentration, drift) => new GeneratedSection
        {
            Devices = devices.Item1,
            ZipfExponent = devices.Item2,
            ExamplesMean = meanOfMax * examples,
            ExamplesMax = examples,
            LabelConcentration = concentration,
            Drift = drift,
        });

    private static readonly Gen<RetentionSection> Retention = Gen.Select(
        Gen.Int[1, int.MaxValue].Nullable(), Gen.Double[0.001, 36_500].Nullable(), Gen.Double[1, 1e12].Nullable(), Gen.Int[1, int.MaxValue].Nullable(), Gen.Bool,
        Gen.Int[0, 1_000_000], Gen.Enum<ReplayChoice>(), Gen.Bool,
        (count, days, bytes, periods, isReservoir, reserve, choice, trainOnce) => new RetentionSection
        {
            ExamplesMax = count,
            Overflow = isReservoir && count is not null ? RetentionOverflow.Reservoir : RetentionOverflow.OldestFirst,
            AgeMaxDays = days,
            BytesMax = bytes,
            PeriodsMax = periods,
            TrainOnce = trainOnce,
            Reserve = trainOnce || (count is null && periods is null) ? 0 : reserve,
            ReserveChoice = choice,
        });

    private static readonly Gen<(int Periods, PeriodArrival Arrival)> Periods = Gen.Select(Gen.Int[1, 10], Gen.Enum<PeriodArrival>());

    // An availability of at most a half goes with every swing.
    private static readonly Gen<ProfilesSection> Profiles = Gen.Select(
        Gen.Double[0.001, 1e6], Gen.Double[0, 5], Gen.Double[1, 1000], Gen.Double[0, 23.9], Gen.Double[0.1, 10_080],
        (speed, spread, swing, hour, minutes) => new ProfilesSection
        {
            ExamplesPerSecond = speed,
            ComputeSpread = spread,
            DownloadMbits = speed,
            UploadMbits = speed,
            NetworkSpread = spread,
            Swing = swing,
            PeakHour = hour,
            ZoneHours = hour,
            SessionMinutes = minutes,
        });

    private static readonly Gen<BehaviourSection> Behaviour = Gen.Select(
        Gen.Double[0.001, 1], Gen.Double[0, 0.999], Profiles.Null(), (availability, dropOut, profiles) => new BehaviourSection
        {
            Availability = profiles is null ? availability : availability / 2,
            DropOut = dropOut,
            Profiles = profiles,
        });

    private static readonly Gen<PopulationSection> Population = Gen.Select(
        Gen.Bool, Generated, File, Gen.Double[0, 0.999], Gen.Select(Gen.Int[0, 10], Periods), Retention, Behaviour,
        (isFile, generated, file, heldOut, shards, retention, behaviour) =>
            new PopulationSection
            {
                Source = isFile ? PopulationSource.File : PopulationSource.Generated,
                Generated = isFile ? null : generated,
                File = isFile ? file : null,
                HeldOut = heldOut,
                Shards = 1 << shards.Item1,
                Periods = shards.Item2.Periods,
                Arrival = shards.Item2.Arrival,
                Retention = retention,
                Behaviour = behaviour,
            });

    private static readonly Gen<TaskSection> Task = Gen.Select(
        Gen.Enum<TaskType>(), Gen.Int[2, 2000], Column.Null(), Gen.Int[1, 8], (type, vocabulary, file, context) =>
            new TaskSection { Type = type, Vocabulary = vocabulary, VocabularyFile = file, Context = context });

    private static readonly Gen<ModelSection> Model = Gen.Select(
        Gen.Enum<ModelType>(), Gen.Int[1, 65_536], Gen.Int[1, 1024], Gen.Int[1, 65_536], Gen.Bool, (type, buckets, embedding, hidden, bigrams) =>
            new ModelSection
            {
                Type = type,
                Buckets = buckets,
                EmbeddingSize = embedding,
                HiddenSize = hidden,
                Bigrams = bigrams,
                Assembly = type == ModelType.Own ? "/own.dll" : null,
                Class = type == ModelType.Own ? "Own.Model" : null,
            });

    private static readonly Gen<OortSection> Oort = Gen.Select(
        Gen.Double[0, 1], Gen.Double[1e-9, 1], Gen.Double[0, 1], Gen.Double[1e-9, 1], Gen.Double[0, 1e6],
        (exploration, decay, least, clip, uncertainty) => new OortSection
        {
            Exploration = exploration,
            ExplorationDecay = decay,
            ExplorationMin = least,
            ClipQuantile = clip,
            Uncertainty = uncertainty,
        });

    private static readonly Gen<SelectionSection> Selection = Gen.Select(
        Gen.Enum<SelectionStrategy>(), Gen.Double[0, 2], Gen.Double[0.001, 0.999], Gen.Double[0.5, 1], Gen.Double[0.5, 1], Gen.Double[0, 40],
        Gen.Select(Gen.Int[0, 1], Oort),
        (strategy, exponent, floor, inclusion, share, temperature, rest) => new SelectionSection
        {
            Strategy = strategy,
            Exponent = exponent,
            Floor = floor,
            InclusionMax = inclusion,
            Share = share,
            Temperature = temperature,
            Oort = rest.Item2,
            MinimumGap = strategy == SelectionStrategy.RoundRobin ? 0 : rest.Item1,
            Assembly = strategy == SelectionStrategy.Own ? "/own.dll" : null,
            Class = strategy == SelectionStrategy.Own ? "Own.Strategy" : null,
        });

    private static readonly Gen<LocalSection> Steps = Gen.Select(
        Gen.Enum<LocalOptimizer>(), Gen.Double[0, 0.999], Gen.Double[0, 0.999], Gen.Double[0, 0.999], Gen.Double[1e-12, 1], Gen.Double[0, 9e-4],
        Gen.Double[0, 1e6], (optimizer, momentum, beta1, beta2, epsilon, decay, proximal) => new LocalSection
        {
            Optimizer = optimizer,
            Momentum = optimizer == LocalOptimizer.Sgd ? momentum : 0,
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = epsilon,
            WeightDecay = optimizer == LocalOptimizer.AdamW ? decay : 0,
            Proximal = proximal,
        });

    private static readonly Gen<LocalSection> Local = Gen.Select(
        Gen.Int[1, 10_000], Gen.Int[1, 10_000].Nullable(), Gen.Int[1, 1_000_000], Gen.Double[1e-9, 1000], Gen.Int[1, 10_000], Steps,
        (epochs, steps, batch, rate, examples, local) =>
            local with { Epochs = epochs, Steps = steps, BatchSize = batch, LearningRate = rate, ExamplesMax = examples });

    private static readonly Gen<ScheduleSection> Schedule = Gen.Select(
        Gen.Enum<RateDecay>(), Gen.Int[0, 100], Gen.Int[1, 1_000_000], Gen.Double[1e-9, 1], (decay, warmup, rounds, factor) =>
            new ScheduleSection { Decay = decay, WarmupRounds = warmup, StepRounds = rounds, StepFactor = factor });

    private static readonly Gen<ServerSection> Server = Gen.Select(
        Gen.Enum<ServerOptimizer>(), Gen.Double[1e-9, 1000], Gen.Double[0, 0.999], Gen.Double[0, 0.999], Gen.Double[1e-12, 1],
        Gen.Double[0, 0.999], Schedule,
        (optimizer, rate, beta1, beta2, epsilon, momentum, schedule) => new ServerSection
        {
            Optimizer = optimizer,
            LearningRate = rate,
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = epsilon,
            Momentum = momentum,
            Schedule = schedule,
        });

    private static readonly Gen<BoundsSection> Bounds = Gen.Select(
        Gen.Double[1e-6, 1e6], Gen.Double[0, 1e6], (clip, more) => new BoundsSection { ClipNorm = clip, RejectNorm = clip + more });

    private static readonly Gen<AggregationSection> Aggregation = Gen.Select(
        Gen.Enum<AggregationRule>(), Gen.Double[0, 0.499], Gen.Double[1e-6, 1e6], Gen.Int[0, 1], Gen.Int[1, 3].Nullable(), (rule, trim, bound, byzantine, selected) =>
            new AggregationSection
            {
                Rule = rule,
                Trim = rule == AggregationRule.TrimmedMean ? trim : null,
                Bound = rule == AggregationRule.NormBoundedMean ? bound : null,
                Byzantine = rule == AggregationRule.MultiKrum ? byzantine : null,
                Selected = rule == AggregationRule.MultiKrum ? selected : null,
            });

    private static readonly Gen<TrainingSection> Training = Gen.Select(
        Gen.Select(
            Gen.Int[101, 1_000_000], Gen.Int[1, 250], Gen.Enum<UpdateWeighting>(), Gen.Double[1e-3, 604_800], Gen.Double[1, 2], Gen.Int[1, 250], Gen.Int[0, 1000]),
        Selection, Local, Bounds, Gen.Select(Server, Aggregation, Gen.Enum<TrainingAccelerator>()),
        (plain, selection, local, bounds, server) => new TrainingSection
        {
            Rounds = plain.Item1,
            Cohort = plain.Item2,
            Weighting = selection.Strategy is SelectionStrategy.TopQ or SelectionStrategy.PowerOfChoice or SelectionStrategy.Oort || selection.MinimumGap > 0 ? UpdateWeighting.Equal : plain.Item3,
            DeadlineSeconds = plain.Item4,
            OverSelection = plain.Item5,
            MinimumReports = Math.Min(plain.Item2, plain.Item6),
            Selection = selection with { Candidates = PlanSpec.SelectedOf(plain.Item2, plain.Item5) },
            Local = local,
            Bounds = bounds,
            Server = server.Item1,
            Aggregation = server.Item2,
            CheckpointsKept = plain.Item7,
            Accelerator = server.Item3,
        });

    private static readonly Gen<EvaluationSection> Evaluation = Gen.Select(
        Gen.Int[0, 1_000_000], Gen.Int[1, 10_000_000], Gen.Double[1e-9, 1].Nullable(), (every, devices, target) =>
            new EvaluationSection { Every = every, DevicesMax = devices, Target = target });

    private static readonly Gen<(string Path, string Value)> Change = Gen.OneOf(
        Text.Select(text => ("description", JsonSerializer.Serialize(text, StudyJson.WriteOptions))),
        Gen.Int[101, 1_000_000].Select(rounds => ("training.rounds", JsonSerializer.Serialize(rounds))),
        Gen.Double[1e-9, 1000].Select(rate => ("training.server.learningRate", JsonSerializer.Serialize(rate))),
        Gen.Const(("evaluation.target", "null")));

    private static readonly Gen<ValueList<StudyArm>> Arms = Change.Array[0, 3].Array[0, 3].Select(arms => (ValueList<StudyArm>)
    [
        .. arms.Select((changes, at) => new StudyArm($"arm-{at}", [.. changes.DistinctBy(change => change.Path).Select(change => new StudyOverride(change.Path, change.Value))])),
    ]);

    private static readonly Gen<ValueList<ulong>> Seeds = Gen.ULong.Array[0, 3].Select(seeds => (ValueList<ulong>)[.. seeds.Distinct()]);

    /// <summary>Valid studies.</summary>
    public static Gen<Study> Studies { get; } = Gen.Select(
        Gen.Select(Gen.String[Gen.Char["aZ0"], 1, 64], Text, Gen.ULong, Seeds, Arms), Population, Task, Model, Training, Evaluation,
        (plain, population, task, model, training, evaluation) => new Study
        {
            Name = plain.Item1,
            Description = plain.Item2,
            Seed = plain.Item3,
            Seeds = plain.Item4,
            Arms = plain.Item5,
            Population = WithAReserveFor(WithWhatATaskNeeds(population, task.Type), task.Type),
            // Nobody counts the words of a generated population.
            Task = population.Source == PopulationSource.Generated ? task with { VocabularyFile = task.VocabularyFile ?? "words.txt" } : task,
            Model = ModelOf(task.Type, model),
            Training = WithInputsFor(model.Type == ModelType.Own ? training with { Accelerator = TrainingAccelerator.Processor } : training, population),
            Evaluation = evaluation,
        });

    private static ModelSection ModelOf(TaskType task, ModelSection drawn) =>
        task == TaskType.NextWord ? drawn with { Type = ModelType.LogBilinear, Assembly = null, Class = null }
        : drawn.Type == ModelType.LogBilinear ? drawn with { Type = ModelType.EmbeddingBag }
        : drawn;

    private static PopulationSection WithWhatATaskNeeds(PopulationSection population, TaskType task) =>
        population.File is { Columns.Label: null } file && (task == TaskType.Classification || file.Partition.Kind == PartitionKind.LabelDirichlet)
            ? population with { File = file with { Columns = file.Columns with { Label = "label" } } }
            : population;

    // Three selected inputs and one that may be corrupt need six.
    private static TrainingSection WithInputsFor(TrainingSection training, PopulationSection population) =>
        training.Aggregation.Rule == AggregationRule.MultiKrum && Math.Min(training.Cohort, population.Shards) < 6
            ? training with { Aggregation = new() { Rule = AggregationRule.Median } }
            : training;

    private static PopulationSection WithAReserveFor(PopulationSection population, TaskType task) =>
        task == TaskType.NextWord ? population with { Retention = population.Retention with { ReserveChoice = ReplayChoice.Random } } : population;

    // Characters are drawn one by one, so that half of a pair can come without the other, which no JSON can hold.
    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsSurrogatePair(text, i++)))
            {
                return false;
            }
        }

        return true;
    }
}
