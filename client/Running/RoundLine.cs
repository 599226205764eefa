using System.Text.Json.Serialization;
using Sheaf.Abstractions.Tasks;

namespace Sheaf.Client.Running;

/// <summary>One line of <c>rounds.jsonl</c>. Everything but <see cref="Execution"/> is the same whenever the same study runs with the same seed.</summary>
/// <param name="Round">The round, starting at 1.</param>
/// <param name="Abandoned">Why it was abandoned, or null.</param>
/// <param name="Cohort">Devices selected.</param>
/// <param name="Outcomes">Devices by outcome.</param>
/// <param name="Examples">Examples trained on.</param>
/// <param name="TrainLoss">Mean training loss, in nats, or null.</param>
/// <param name="Metrics">Score on held-out examples, or null when the round was not evaluated.</param>
/// <param name="UpdateBytes">Bytes of parameters that the updates touched.</param>
/// <param name="Checkpoint">SHA-256 of the checkpoint.</param>
/// <param name="Repeatable">Whether the same study and seed must give this round again, bit for bit.</param>
/// <param name="Execution">How it went this time.</param>
/// <param name="Period">The period in which it ran, from 0.</param>
/// <param name="Time">When it was by the virtual clock; absent without one.</param>
internal sealed record RoundLine(
    int Round,
    string? Abandoned,
    int Cohort,
    DeviceOutcomes Outcomes,
    long Examples,
    double? TrainLoss,
    EvaluationRecord? Metrics,
    long UpdateBytes,
    string Checkpoint,
    bool Repeatable,
    RoundExecution Execution,
    int Period = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RoundTime? Time = null)
{
    /// <summary>Hours by the virtual clock from the start of the task to its end; null without one.</summary>
    [JsonIgnore]
    public double? EndHours => Time is { } time ? (time.Start + time.Seconds) / 3600 : null;

    /// <summary>The line of a round.</summary>
    /// <param name="record">The round.</param>
    /// <returns>Its line.</returns>
    public static RoundLine Of(RoundRecord record) => new(
        record.Round,
        record.Abandoned,
        record.Cohort,
        record.Outcomes,
        record.Examples,
        record.TrainLoss,
        record.Evaluation,
        record.UpdateBytes,
        record.Checkpoint,
        record.Repeatable,
        new RoundExecution(record.Attempts, record.Seconds.ToDictionary(phase => phase.Key.ToString().ToLowerInvariant(), phase => phase.Value)),
        record.Period,
        record.Time);
}

/// <summary>What differs from run to run.</summary>
/// <param name="Attempts">The most attempts that a slice needed.</param>
/// <param name="Seconds">Seconds by phase.</param>
internal sealed record RoundExecution(int Attempts, IReadOnlyDictionary<string, double> Seconds);
