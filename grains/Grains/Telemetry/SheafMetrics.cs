using System.Diagnostics.Metrics;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;

namespace Sheaf.Grains.Telemetry;

/// <summary>The instruments of the meter <c>Sheaf</c>. Their series are as many as tasks, populations, phases, outcomes, tenths and silos, never as devices.</summary>
public static class SheafMetrics
{
    private const string Task = "sheaf.task";
    private const string Outcome = "sheaf.outcome";
    private const string Phase = "sheaf.phase";
    private const string Shape = "sheaf.shape";
    private const string Tenth = "sheaf.activity.tenth";
    private const string Population = "sheaf.population";
    private const string Reason = "sheaf.reason";

    private static readonly Meter Meter = new(SheafTelemetry.Name);
    private static readonly List<InstrumentDescription> Described = [];

    private static readonly Histogram<double> RoundDuration = Histogram("sheaf.round.duration", "s", "How long a round took, evaluation aside.", Task, Outcome);
    private static readonly Histogram<double> PhaseDuration = Histogram("sheaf.round.phase.duration", "s", "How long each phase of a round took.", Task, Phase);
    private static readonly Counter<long> Devices = Counter("sheaf.devices", "{device}", "What became of the devices that were selected, and the shape of their sessions.", Task, Outcome, Shape);
    private static readonly Counter<long> Examples = Counter("sheaf.examples", "{example}", "Examples that devices trained on.", Task);
    private static readonly Counter<long> UpdateBytes = Counter("sheaf.update.size", "By", "Bytes of the parameters that updates touched.", Task);
    private static readonly Counter<long> Attempts = Counter("sheaf.slice.attempts.lost", "{attempt}", "Attempts at a slice beyond the first, at the slice of a round that needed most.", Task);
    private static readonly Gauge<int> Round = Gauge<int>("sheaf.round", "{round}", "The last round that is over.", Task);
    private static readonly Gauge<double> Accuracy = Gauge<double>("sheaf.model.accuracy", "1", "The share of held-out examples whose label came out on top, when the model was last evaluated.", Task);
    private static readonly Gauge<double> Loss = Gauge<double>("sheaf.model.loss", "nat", "The mean loss on held-out examples, when the model was last evaluated.", Task);
    private static readonly Gauge<double> TenthAccuracy = Gauge<double>("sheaf.model.tenth.accuracy", "1", "The same by tenth of the devices, from the least active (1) to the most active (10).", Task, Tenth);
    private static readonly Gauge<double> NewAccuracy = Gauge<double>("sheaf.model.new.accuracy", "1", "The share right of the new examples of the last period that began, before any device trained on them.", Task);
    private static readonly Gauge<double> NewTenthAccuracy = Gauge<double>("sheaf.model.new.tenth.accuracy", "1", "The same by tenth of the devices.", Task, Tenth);
    private static readonly Gauge<double> Gini = Gauge<double>("sheaf.participation.gini", "1", "How unequally updates came from devices, when the model was last evaluated: 0 from all alike, near 1 from a few.", Task);
    private static readonly Gauge<double> Never = Gauge<double>("sheaf.participation.never", "1", "The share of devices none of whose updates is in the model, when it was last evaluated.", Task);
    private static readonly Gauge<long> CheckpointSize = Gauge<long>("sheaf.checkpoint.size", "By", "Bytes of the last checkpoint part that was stored: the parameters, or what the server optimizer keeps.", Task);
    private static readonly Histogram<double> CheckpointWrite = Histogram("sheaf.checkpoint.write.duration", "s", "How long it took to store a part of a checkpoint.", Task);
    private static readonly Counter<long> TakenIn = Counter("sheaf.examples.taken_in", "{example}", "Examples that devices took in and stored.", Population);
    private static readonly Counter<long> Deleted = Counter("sheaf.examples.deleted", "{example}", "Stored examples that devices deleted: expired by their policy, or trained on once. Erasures are counted apart.", Population, Reason);
    private static readonly Histogram<double> SliceDuration = Histogram("sheaf.slice.duration", "s", "How long a slice took on its silo: waiting for its turn, calling its devices, computing.", Task, "sheaf.kind");
    private static readonly Histogram<double> StorageDuration = Histogram("sheaf.device.storage.duration", "s", "How long it took to read or write the state of a device.", "sheaf.operation");
    private static readonly Histogram<double> EraseDuration = Histogram("sheaf.erase.duration", "s", "How long a call took that erased what a device holds.");
    private static readonly Counter<long> Erased = Counter("sheaf.erase.examples", "{example}", "Examples that were erased because somebody asked.");

    /// <summary>What a silo tells of itself, beside what is told of tasks.</summary>
    internal static readonly InstrumentDescription
        LanesBusy = Describe("sheaf.lanes.busy", "gauge", "{lane}", "Training threads at work.", "sheaf.silo"),
        LanesWaiting = Describe("sheaf.lanes.waiting", "gauge", "{batch}", "Batches of devices that wait for a training thread.", "sheaf.silo"),
        DevicesAwake = Describe("sheaf.devices.awake", "gauge", "{device}", "Devices that are awake.", "sheaf.silo");

    /// <summary>All instruments, in the order of their names.</summary>
    public static IReadOnlyList<InstrumentDescription> All => [.. Described.OrderBy(each => each.Name, StringComparer.Ordinal)];

    /// <summary>Counts a round that is over.</summary>
    /// <param name="task">The task.</param>
    /// <param name="record">The round.</param>
    internal static void Count(string task, RoundRecord record)
    {
        var ofTask = new KeyValuePair<string, object?>(Task, task);
        RoundDuration.Record(
            record.Seconds.Where(phase => phase.Key != RoundPhase.Evaluate).Sum(phase => phase.Value), ofTask, new(Outcome, record.Abandoned is null ? "committed" : "abandoned"));
        foreach (var (phase, seconds) in record.Seconds)
        {
            PhaseDuration.Record(seconds, ofTask, new(Phase, phase.ToString().ToLowerInvariant()));
        }

        foreach (var (outcome, devices) in record.Outcomes.ByName())
        {
            Devices.Add(devices, ofTask, new(Outcome, outcome), new(Shape, SessionShapes.OfOutcome(outcome).Shape));
        }

        Examples.Add(record.Examples, ofTask);
        UpdateBytes.Add(record.UpdateBytes, ofTask);
        Attempts.Add(Math.Max(0, record.Attempts - 1), ofTask);
        Round.Record(record.Round, ofTask);
        if (record.Evaluation is { } score)
        {
            Accuracy.Record(score.Accuracy, ofTask);
            Loss.Record(score.Loss, ofTask);
            Count(TenthAccuracy, score, ofTask);
        }
    }

    /// <summary>Counts how a period began.</summary>
    /// <param name="task">The task.</param>
    /// <param name="record">The period.</param>
    internal static void Count(string task, PeriodRecord record)
    {
        if (record.Prequential is { } score)
        {
            var ofTask = new KeyValuePair<string, object?>(Task, task);
            NewAccuracy.Record(score.Accuracy, ofTask);
            Count(NewTenthAccuracy, score, ofTask);
        }
    }

    /// <summary>Whether anybody listens to how participation is spread, which is dear to count.</summary>
    internal static bool TellsParticipation => Gini.Enabled || Never.Enabled;

    /// <summary>Tells how participation is spread.</summary>
    /// <param name="task">The task.</param>
    /// <param name="summary">How it is spread.</param>
    internal static void Tell(string task, ParticipationSummary summary)
    {
        var ofTask = new KeyValuePair<string, object?>(Task, task);
        if (summary.Gini is { } gini)
        {
            Gini.Record(gini, ofTask);
        }

        if (summary.Devices > 0)
        {
            Never.Record((double)summary.Never / summary.Devices, ofTask);
        }
    }

    /// <summary>Counts a stored part of a checkpoint.</summary>
    /// <param name="task">The task.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="duration">How long storing it took.</param>
    internal static void CountCheckpoint(string task, int bytes, TimeSpan duration)
    {
        var ofTask = new KeyValuePair<string, object?>(Task, task);
        CheckpointSize.Record(bytes, ofTask);
        CheckpointWrite.Record(duration.TotalSeconds, ofTask);
    }

    /// <summary>Counts examples that a device has taken in.</summary>
    /// <param name="population">Its population.</param>
    /// <param name="examples">How many.</param>
    internal static void CountTakenIn(string population, int examples) => TakenIn.Add(examples, new KeyValuePair<string, object?>(Population, population));

    /// <summary>Counts stored examples that a device has deleted.</summary>
    /// <param name="population">Its population.</param>
    /// <param name="reason"><c>expired</c> or <c>trained</c>.</param>
    /// <param name="examples">How many.</param>
    internal static void CountDeleted(string population, string reason, int examples) => Deleted.Add(examples, new(Population, population), new(Reason, reason));

    private static void Count(Gauge<double> gauge, EvaluationRecord score, KeyValuePair<string, object?> ofTask)
    {
        for (var group = 0; group < score.Groups.Length; group++)
        {
            if (score.Groups[group].Accuracy is { } accuracy)
            {
                gauge.Record(accuracy, ofTask, new(Tenth, group + 1));
            }
        }
    }

    /// <summary>Counts a slice that is over.</summary>
    /// <param name="key">The slice.</param>
    /// <param name="duration">How long it took.</param>
    internal static void CountSlice(SliceKey key, TimeSpan duration) =>
        SliceDuration.Record(duration.TotalSeconds, new(Task, key.Task), new("sheaf.kind", key.Kind.ToString().ToLowerInvariant()));

    /// <summary>Counts the reading or writing of a device's state.</summary>
    /// <param name="operation"><c>read</c> or <c>write</c>.</param>
    /// <param name="duration">How long it took.</param>
    internal static void CountStorage(string operation, TimeSpan duration) => StorageDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("sheaf.operation", operation));

    /// <summary>Counts an erasure.</summary>
    /// <param name="examples">How many examples were erased.</param>
    /// <param name="duration">How long the call took.</param>
    internal static void CountErasure(long examples, TimeSpan duration)
    {
        Erased.Add(examples);
        EraseDuration.Record(duration.TotalSeconds);
    }

    private static Histogram<double> Histogram(string name, string unit, string meaning, params string[] tags) =>
        Meter.CreateHistogram<double>(Describe(name, "histogram", unit, meaning, tags).Name, unit, meaning);

    private static Counter<long> Counter(string name, string unit, string meaning, params string[] tags) =>
        Meter.CreateCounter<long>(Describe(name, "counter", unit, meaning, tags).Name, unit, meaning);

    private static Gauge<T> Gauge<T>(string name, string unit, string meaning, params string[] tags)
        where T : struct => Meter.CreateGauge<T>(Describe(name, "gauge", unit, meaning, tags).Name, unit, meaning);

    private static InstrumentDescription Describe(string name, string kind, string unit, string meaning, params string[] tags)
    {
        var described = new InstrumentDescription(name, kind, unit, tags, meaning);
        Described.Add(described);
        return described;
    }
}
