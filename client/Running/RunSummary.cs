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
/// <param name="Periods">What came out for each period; none of a static run.</param>
/// <param name="Forgetting">How much less accurate the last checkpoint is on a class than the best was, in the mean over classes; null without classes.</param>
/// <param name="Groups">What came out by activity group, from the least active tenth of the devices to the most active.</param>
/// <param name="NeverSelected">The share of the devices that no checkpoint has an update of.</param>
/// <param name="Gini">Gini's coefficient of the devices' updates, 0 (all alike) to 1 (one device gives all); null without updates.</param>
/// <param name="RoundSeconds">Seconds a round took, evaluation aside.</param>
/// <param name="ElapsedSeconds">Seconds from the start of the command to its results.</param>
/// <param name="Checkpoint">SHA-256 of the last checkpoint.</param>
/// <param name="Repeatable">Whether every round is repeatable.</param>
/// <param name="VirtualHours">How long the rounds took by the virtual clock; absent without one.</param>
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
    IReadOnlyList<PeriodSummary> Periods,
    double? Forgetting,
    IReadOnlyList<GroupSummary> Groups,
    double NeverSelected,
    double? Gini,
    RoundSeconds RoundSeconds,
    double ElapsedSeconds,
    string Checkpoint,
    bool Repeatable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? VirtualHours = null)
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
            [.. outcome.Periods.Select(period => PeriodSummary.Of(study, period))],
            Running.Forgetting.Of(records.Select(record => record.Evaluation).OfType<EvaluationRecord>()),
            GroupSummary.Of(study, participation, last.Evaluation, outcome.Periods),
            participation.Devices == 0 ? 0 : (double)participation.Never / participation.Devices,
            participation.Gini,
            new RoundSeconds(Percentile(seconds, 0.50), Percentile(seconds, 0.95), Percentile(seconds, 0.99)),
            elapsed.TotalSeconds,
            last.Checkpoint,
            records.All(record => record.Repeatable) && outcome.Periods.All(period => period.Repeatable),
            RoundLine.Of(last).EndHours);
    }

    /// <summary>The nearest-rank percentile.</summary>
    private static double Percentile(double[] ascending, double share) =>
        ascending[Math.Max(0, (int)Math.Ceiling(share * ascending.Length) - 1)];
}

/// <summary>Percentiles of seconds.</summary>
/// <param name="P50">The median.</param>
/// <param name="P95">95 % of rounds took at most this.</param>
/// <param name="P99">99 % of rounds took at most this.</param>
internal sealed record RoundSeconds(double P50, double P95, double P99);
