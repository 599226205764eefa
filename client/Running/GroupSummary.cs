using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>What came out for one activity group: a tenth of the devices by all examples that they ever made.</summary>
/// <param name="Devices">Devices of the group.</param>
/// <param name="NeverSelected">The share of them that no checkpoint has an update of; null for an empty group.</param>
/// <param name="UpdateShare">The share of all updates that are theirs; null without updates.</param>
/// <param name="Metrics">How the last checkpoint scored on their held-out examples; null when they have none.</param>
/// <param name="Prequential">How periods scored on their new examples before anybody trained on them, all but the first together; null when they were
/// not, or there was one.</param>
internal sealed record GroupSummary(long Devices, double? NeverSelected, double? UpdateShare, RunMetrics? Metrics, RunMetrics? Prequential)
{
    /// <summary>Sums the groups up.</summary>
    /// <param name="study">The study.</param>
    /// <param name="participation">Who took part.</param>
    /// <param name="score">How the last checkpoint scored; null when it did not.</param>
    /// <param name="periods">How the periods began.</param>
    /// <returns>The groups, from the least active tenth of the devices to the most active.</returns>
    public static IReadOnlyList<GroupSummary> Of(
        Study study, ParticipationSummary participation, EvaluationRecord? score, IReadOnlyCollection<PeriodRecord> periods) =>
    [
        .. participation.Groups.Select((group, index) => new GroupSummary(
            group.Devices,
            group.Devices == 0 ? null : (double)group.Never / group.Devices,
            participation.Updates == 0 ? null : (double)group.Updates / participation.Updates,
            RunMetrics.OfGroup(study, score, index),
            RunMetrics.OfNew(study, periods, index))),
    ];
}
