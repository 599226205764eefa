using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>A round that is over could not be run again as it was.</summary>
/// <param name="round">The round.</param>
/// <param name="outcome">What became of the first device that did not do what it had done.</param>
/// <param name="devices">All such devices.</param>
internal sealed class RoundNotRepeatedException(int round, DeviceOutcome outcome, string[] devices) : Exception(outcome is DeviceOutcome.Done or DeviceOutcome.Declined
    ? $"Round {round} cannot be run again: {devices.Length} devices no longer have what they used then."
    : $"Round {round} could not be run again: {devices.Length} devices that had trained were {outcome}.")
{
    /// <summary>The devices.</summary>
    public string[] Devices => devices;
}
