using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>A round that is over could not be run again as it was.</summary>
/// <param name="round">The round.</param>
/// <param name="outcome">What became of the first device that did not do what it had done.</param>
internal sealed class RoundNotRepeatedException(int round, DeviceOutcome outcome) : Exception(outcome == DeviceOutcome.Done
    ? $"Round {round} cannot be run again: a device no longer has what it used then."
    : $"Round {round} could not be run again: a device that had trained was {outcome}.");
