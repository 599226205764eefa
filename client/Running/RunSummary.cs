using System.Text.Json.Serialization;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary><c>summary.json</c>: what came out of a run.</summary>
/// <param name="Study">The study's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Devices">Devices with anything to train on.</param>
/// <param name="Examples">Examples they can train on.</param>
/// <param name="Rounds">Rounds that are over.</param>
/// <param name="RoundsAbandoned">How many of them were abandoned.</param>
/// <param name="Updates">Updates folded into checkpoints.</param>
/// <param name="UpdatesPerSecond">Updates by second of the rounds, evaluation aside.</param>
/// <param name="Metrics">Accuracy and loss of the last checkpoint on held-out examples; null when there are none.</param>
/// <param name="RoundSeconds">Seconds a round took, evaluation aside.</param>
/// <param name="ElapsedSeconds">Seconds from the start of the command to its results.</param>
/// <param name="Checkpoint">SHA-256 of the last checkpoint.</param>
/// <param name="Repeatable">Whether every round is repeatable.</param>
internal sealed record RunSummary(
    string Study,
    ulong Seed,
    long Devices,
    long Examples,
    int Rounds,
    int RoundsAbandoned,
    long Updates,
    double UpdatesPerSecond,
    RunMetrics? Metrics,
    RoundSeconds RoundSeconds,
    double ElapsedSeconds,
    string Checkpoint,
    bool Repeatable)
{
    /// <summary>Sums a run up.</summary>
    /// <param name="study">The study.</param>
    /// <param name="totals">Its population.</param>
    /// <param name="records">Its rounds, at least one.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <returns>The summary.</returns>
    public static RunSummary Of(Study study, PopulationTotals totals, IReadOnlyList<RoundRecord> records, TimeSpan elapsed)
    {
        var seconds = records.Select(record => record.Seconds.Where(phase => phase.Key != RoundPhase.Evaluate).Sum(phase => phase.Value)).Order().ToArray();
        var updates = records.Where(record => record.Abandoned is null).Sum(record => (long)record.Outcomes.Trained);
        var last = records[^1];
        return new RunSummary(
            study.Name,
            study.Seed,
            totals.ActiveDevices,
            totals.Examples,
            records.Count,
            records.Count(record => record.Abandoned is not null),
            updates,
            updates / seconds.Sum(),
            last.Evaluation is { } score ? RunMetrics.Of(study, score) : null,
            new RoundSeconds(Percentile(seconds, 0.50), Percentile(seconds, 0.95), Percentile(seconds, 0.99)),
            elapsed.TotalSeconds,
            last.Checkpoint,
            records.All(record => record.Repeatable));
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
    public static RunMetrics Of(Study study, EvaluationRecord score)
    {
        var metrics = new RunMetrics(score.Accuracy, score.Loss);
        return study.Task.Type != TaskType.NextWord ? metrics : metrics with
        {
            BitsPerWord = score.Loss / Math.Log(2),
            // A loss of a model that has diverged is too large for that, and JSON has no infinity.
            Perplexity = Math.Min(Math.Exp(score.Loss), double.MaxValue),
        };
    }
}

/// <summary>Percentiles of seconds.</summary>
/// <param name="P50">The median.</param>
/// <param name="P95">95 % of rounds took at most this.</param>
/// <param name="P99">99 % of rounds took at most this.</param>
internal sealed record RoundSeconds(double P50, double P95, double P99);
