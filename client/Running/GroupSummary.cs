using Sheaf.Abstractions.Tasks;

namespace Sheaf.Client.Running;

/// <summary>What came out for one activity group: a tenth of the devices by all examples that they ever made.</summary>
/// <param name="Devices">Devices of the group.</param>
/// <param name="NeverSelected">The share of them that no checkpoint has an update of; null for an empty group.</param>
/// <param name="UpdateShare">The share of all updates that are theirs; null without updates.</param>
/// <param name="Accuracy">The last checkpoint's accuracy on their held-out examples; null when they have none.</param>
/// <param name="Loss">Its loss on them, in nats; null when they have none.</param>
internal sealed record GroupSummary(long Devices, double? NeverSelected, double? UpdateShare, double? Accuracy, double? Loss)
{
    /// <summary>Sums the groups up.</summary>
    /// <param name="participation">Who took part.</param>
    /// <param name="score">How the last checkpoint scored; null when it did not.</param>
    /// <returns>The groups.</returns>
    public static IReadOnlyList<GroupSummary> Of(ParticipationSummary participation, EvaluationRecord? score) =>
    [
        .. participation.Groups.Select((group, index) =>
        {
            var scored = score is null || score.Groups.IsDefault || index >= score.Groups.Length ? default : score.Groups[index];
            return new GroupSummary(
                group.Devices,
                group.Devices == 0 ? null : (double)group.Never / group.Devices,
                participation.Updates == 0 ? null : (double)group.Updates / participation.Updates,
                scored.Accuracy,
                scored.Loss);
        }),
    ];
}
