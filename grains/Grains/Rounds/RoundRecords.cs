using System.Globalization;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>Turns a round into what is written of it.</summary>
internal static class RoundRecords
{
    /// <summary>The record of a round that is over, before it is scored.</summary>
    /// <param name="run">The round.</param>
    /// <param name="abandoned">Why it was abandoned; null when it was not.</param>
    /// <param name="checkpoint">The hash of the checkpoint it ends with.</param>
    /// <param name="isDisturbed">Whether a device has been erased while the task ran.</param>
    /// <param name="clock">Its phases.</param>
    /// <returns>The record.</returns>
    public static RoundRecord Of(RoundRun run, string? abandoned, string checkpoint, bool isDisturbed, PhaseClock clock) => new(
        run.Key.Round,
        abandoned,
        run.Cohort.Count,
        run.Tally.Outcomes,
        run.Tally.Examples,
        run.Tally.MeanTrainLoss,
        null,
        run.Tally.TouchedParameters * sizeof(float),
        checkpoint,
        !run.IsGivenUp && !isDisturbed && run.Tally.IsRepeatable,
        run.Attempts,
        clock.Seconds,
        run.Period,
        run.Time);

    /// <summary>The record of a round that was run again: who was not asked again keeps the outcome that it had, and who was left out counts as
    /// erased.</summary>
    /// <param name="run">The round.</param>
    /// <param name="before">Its record so far.</param>
    /// <param name="abandoned">Why it was abandoned; null when it was not.</param>
    /// <param name="checkpoint">The hash of the checkpoint it ends with.</param>
    /// <param name="clock">Its phases.</param>
    /// <returns>The record, before it is scored.</returns>
    public static RoundRecord OfReplay(RoundRun run, RoundRecord before, string? abandoned, string checkpoint, PhaseClock clock)
    {
        var record = Of(run, abandoned, checkpoint, isDisturbed: true, clock);
        return record with
        {
            Cohort = before.Cohort,
            Outcomes = before.Abandoned is not null ? before.Outcomes : before.Outcomes with
            {
                Trained = record.Outcomes.Trained,
                Erased = before.Outcomes.Erased + before.Outcomes.Trained - record.Outcomes.Trained,
            },
            Period = before.Period,
            Time = before.Time,
        };
    }

    /// <summary>Why a round that went to its end gives no checkpoint.</summary>
    /// <param name="run">The round.</param>
    /// <param name="needed">The updates that a checkpoint needs, at least 1.</param>
    /// <returns>The reason, with what became of the devices that gave no update.</returns>
    public static string ReasonOf(RoundRun run, int needed)
    {
        if (run.Cohort.Count == 0)
        {
            return run.HasAbsent ? "no device that could be selected was available" : "no device has any example to train on";
        }

        var outcomes = run.Tally.Outcomes;
        (int Count, string What)[] others =
        [
            (outcomes.DroppedOut, "dropped out"), (outcomes.Declined, "declined"), (outcomes.Failed, "failed"), (outcomes.Late, "late"),
            (outcomes.Erased, "erased"), (outcomes.NotFinite, "not finite"), (outcomes.OutOfBounds, "out of bounds"),
        ];
        if (outcomes.Trained >= needed)
        {
            return $"the updates make {Show(run.Inputs)} inputs of the rule of aggregation, and it needs {Show(run.InputsMin)}";
        }

        var why = string.Join(", ", others.Where(other => other.Count > 0).Select(other => $"{Show(other.Count)} {other.What}"));
        return needed == 1
            ? $"no device of the cohort gave an update ({why})"
            : $"only {Show(outcomes.Trained)} of {Show(run.Cohort.Count)} selected devices gave an update and {Show(needed)} are needed ({why})";
    }

    private static string Show(int count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>Who took part.</summary>
    /// <param name="run">The round.</param>
    /// <param name="isCommitted">Whether it has made a checkpoint.</param>
    /// <returns>The cohort, and a bit for every device whose update is in the checkpoint.</returns>
    public static CohortLedger LedgerOf(RoundRun run, bool isCommitted)
    {
        var trained = new byte[(run.Cohort.Count + 7) / 8];
        foreach (var (device, _) in run.Outcomes.Where(pair => isCommitted && pair.Outcome == DeviceOutcome.Done))
        {
            trained[device / 8] |= (byte)(1 << (device % 8));
        }

        return new CohortLedger(
            [.. run.Cohort.Select(device => device.DeviceId)],
            trained,
            run.Fingerprints,
            run.IsWeighedByInclusion ? [.. run.Cohort.Select(device => device.InverseInclusion)] : null,
            run.Moment)
        {
            Reports = isCommitted ? run.Reports : [],
            Weights = isCommitted ? run.Weights : new long[run.Cohort.Count],
            AggregatedWeight = isCommitted ? run.AggregatedWeight : 0,
        };
    }
}
