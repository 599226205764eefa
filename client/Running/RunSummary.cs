using System.Text.Json.Serialization;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary><c>summary.json</c>: what came out of a run.</summary>
/// <param name="Study">The study's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Devices">Devices with anything to train on.</param>
/// <param name="Examples">Examples they can train on.</param>
/// <param name="Data">What the data file holds; null when the population is generated.</param>
/// <param name="Rounds">Rounds that are over.</param>
/// <param name="RoundsAbandoned">How many of them were abandoned.</param>
/// <param name="Updates">Updates folded into checkpoints.</param>
/// <param name="UpdatesPerSecond">Updates by second of the rounds, evaluation aside.</param>
/// <param name="Metrics">Accuracy and loss of the last checkpoint on held-out examples; null when there are none.</param>
/// <param name="Prequential">How periods scored on their new examples before anybody trained on them, all but the first together; null when they were
/// not, or there was one.</param>
/// <param name="Forgetting">How much less accurate the last checkpoint is on a class than the best was, in the mean over classes; null without classes.</param>
/// <param name="Groups">What came out by activity group, from the least active tenth of the devices to the most active.</param>
/// <param name="NeverSelected">The share of the devices that no checkpoint has an update of.</param>
/// <param name="Gini">Gini's coefficient of the devices' updates, 0 (all alike) to 1 (one device gives all); null without updates.</param>
/// <param name="RoundSeconds">Seconds a round took, evaluation aside.</param>
/// <param name="ElapsedSeconds">Seconds from the start of the command to its results.</param>
/// <param name="Checkpoint">SHA-256 of the last checkpoint.</param>
/// <param name="Repeatable">Whether every round is repeatable.</param>
internal sealed record RunSummary(
    string Study,
    ulong Seed,
    long Devices,
    long Examples,
    RunData? Data,
    int Rounds,
    int RoundsAbandoned,
    long Updates,
    double UpdatesPerSecond,
    RunMetrics? Metrics,
    RunMetrics? Prequential,
    double? Forgetting,
    IReadOnlyList<GroupSummary> Groups,
    double NeverSelected,
    double? Gini,
    RoundSeconds RoundSeconds,
    double ElapsedSeconds,
    string Checkpoint,
    bool Repeatable)
{
    /// <summary>Sums a run up.</summary>
    /// <param name="study">The study.</param>
    /// <param name="outcome">What its cluster says.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <returns>The summary.</returns>
    public static RunSummary Of(Study study, RunOutcome outcome, TimeSpan elapsed)
    {
        var (totals, records, participation) = (outcome.Totals, outcome.Records, outcome.Participation);
        var seconds = records.Select(record => record.Seconds.Where(phase => phase.Key != RoundPhase.Evaluate).Sum(phase => phase.Value)).Order().ToArray();
        var updates = records.Where(record => record.Abandoned is null).Sum(record => (long)record.Outcomes.Trained);
        var last = records[^1];
        return new RunSummary(
            study.Name,
            study.Seed,
            totals.ActiveDevices,
            totals.Examples,
            outcome.Data,
            records.Count,
            records.Count(record => record.Abandoned is not null),
            updates,
            updates / seconds.Sum(),
            last.Evaluation is { } score ? RunMetrics.Of(study, score) : null,
            RunMetrics.OfNew(study, outcome.Periods),
            Running.Forgetting.Of(records.Select(record => record.Evaluation).OfType<EvaluationRecord>()),
            GroupSummary.Of(participation, last.Evaluation),
            participation.Devices == 0 ? 0 : (double)participation.Never / participation.Devices,
            participation.Gini,
            new RoundSeconds(Percentile(seconds, 0.50), Percentile(seconds, 0.95), Percentile(seconds, 0.99)),
            elapsed.TotalSeconds,
            last.Checkpoint,
            records.All(record => record.Repeatable) && outcome.Periods.All(period => period.Repeatable));
    }

    /// <summary>The nearest-rank percentile.</summary>
    private static double Percentile(double[] ascending, double share) =>
        ascending[Math.Max(0, (int)Math.Ceiling(share * ascending.Length) - 1)];
}

/// <summary>How a checkpoint scored.</summary>
/// <param name="Accuracy">Share of held-out examples whose own label came out on top, in [0, 1].</param>
/// <param name="Loss">Mean cross-entropy, in nats.</param>
internal sealed record RunMetrics(double Accuracy, double Loss)
{
    /// <summary>What a language model's score is in bits per word, the loss over ln 2; absent for other tasks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BitsPerWord { get; init; }

    /// <summary>Among how many equally likely words a language model's score is like choosing, e to the loss; absent for other tasks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Perplexity { get; init; }

    /// <summary>The metrics of a task.</summary>
    /// <param name="study">The study.</param>
    /// <param name="score">How a checkpoint scored.</param>
    /// <returns>The score, and for next words what follows from its loss.</returns>
    public static RunMetrics Of(Study study, EvaluationRecord score) => Of(study, score.Accuracy, score.Loss);

    /// <summary>The metrics of the periods' new examples, each by as much as it has. The first period is left out: nothing has been learnt by then.</summary>
    /// <param name="study">The study.</param>
    /// <param name="periods">How its periods began.</param>
    /// <returns>The metrics; null when no period but the first was scored.</returns>
    public static RunMetrics? OfNew(Study study, IEnumerable<PeriodRecord> periods)
    {
        var scores = periods.Where(period => period.Round > 1).Select(period => period.Prequential).OfType<EvaluationRecord>().ToList();
        var all = scores.Sum(score => score.Represented);
        return scores.Count == 0 ? null
            : Of(study, scores.Sum(score => score.Accuracy * score.Represented) / all, scores.Sum(score => score.Loss * score.Represented) / all);
    }

    private static RunMetrics Of(Study study, double accuracy, double loss)
    {
        var metrics = new RunMetrics(accuracy, loss);
        return study.Task.Type != TaskType.NextWord ? metrics : metrics with
        {
            BitsPerWord = loss / Math.Log(2),
            // A loss of a model that has diverged is too large for that, and JSON has no infinity.
            Perplexity = Math.Min(Math.Exp(loss), double.MaxValue),
        };
    }
}

/// <summary>Percentiles of seconds.</summary>
/// <param name="P50">The median.</param>
/// <param name="P95">95 % of rounds took at most this.</param>
/// <param name="P99">99 % of rounds took at most this.</param>
internal sealed record RoundSeconds(double P50, double P95, double P99);
