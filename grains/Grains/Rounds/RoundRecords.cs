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
        abandoned is null && !isDisturbed && run.Tally.IsRepeatable,
        run.Attempts,
        clock.Seconds,
        run.Period);

    /// <summary>Who took part.</summary>
    /// <param name="run">The round.</param>
    /// <returns>The cohort, and a bit for every device whose update is in the checkpoint.</returns>
    public static CohortLedger LedgerOf(RoundRun run)
    {
        var trained = new byte[(run.Cohort.Count + 7) / 8];
        foreach (var (device, _) in run.Outcomes.Where(pair => pair.Outcome == DeviceOutcome.Done))
        {
            trained[device / 8] |= (byte)(1 << (device % 8));
        }

        return new CohortLedger([.. run.Cohort.Select(device => device.DeviceId)], trained);
    }
}
