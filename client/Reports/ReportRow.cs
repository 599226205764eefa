using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>The results of an arm.</summary>
/// <param name="Arm">Its name.</param>
/// <param name="Seeds">Its seeds.</param>
/// <param name="Rounds">Rounds of each run.</param>
/// <param name="Abandoned">Rounds that were abandoned, of all runs together.</param>
/// <param name="LastAccuracy">Accuracy of the last evaluated checkpoint, in [0, 1]; null when a run has none.</param>
/// <param name="LastLoss">Loss of the last evaluated checkpoint, in nats; null when a run has none.</param>
/// <param name="BestAccuracy">The best accuracy on the way; null when a run has none.</param>
/// <param name="ToTarget">How soon the target is reached; null without one.</param>
/// <param name="Examples">Examples trained on in a run.</param>
/// <param name="Updates">Updates folded in a run.</param>
/// <param name="LastBits">Bits per word of the last evaluated checkpoint; null unless the task is next words.</param>
/// <param name="LastPerplexity">Its perplexity; null unless the task is next words.</param>
/// <param name="New">Metrics on the new examples of all periods but the first, before they were trained on; null unless all runs have them.</param>
/// <param name="Periods">The same of every period, the first too, that all runs have scored.</param>
/// <param name="Groups">What came out by activity group, from the least active tenth of the devices to the most active; none while a run has not ended.</param>
/// <param name="Forgetting">How much was forgotten of the best accuracy of each class; null unless all runs say so.</param>
/// <param name="NeverSelected">Share of the devices with any data that no checkpoint has an update of; null while a run has not ended.</param>
/// <param name="Unfinished">How many of the runs have not ended.</param>
/// <param name="Hours">How long the rounds of a run took by the virtual clock; null without one.</param>
/// <param name="HoursToTarget">How soon the target is reached by it; null without either.</param>
internal sealed record ReportRow(
    string Arm,
    IReadOnlyList<ulong> Seeds,
    Spread Rounds,
    int Abandoned,
    Spread? LastAccuracy,
    Spread? LastLoss,
    Spread? BestAccuracy,
    RoundsToTarget? ToTarget,
    Spread Examples,
    Spread Updates,
    Spread? LastBits,
    Spread? LastPerplexity,
    MetricsSpread? New,
    IReadOnlyList<PeriodSpread> Periods,
    IReadOnlyList<GroupSpread> Groups,
    Spread? Forgetting,
    Spread? NeverSelected,
    int Unfinished,
    Spread? Hours,
    RoundsToTarget? HoursToTarget)
{
    /// <summary>Sums an arm up.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="target">The accuracy whose rounds are counted; null for none.</param>
    /// <returns>Its row.</returns>
    public static ReportRow Of(Arm arm, double? target) => new(
        arm.Name,
        [.. arm.Runs.Select(run => run.Study.Seed)],
        Over(arm, run => run.Rounds.Count),
        arm.Runs.Sum(run => run.Rounds.Count(round => round.Abandoned is not null)),
        LastAccuracyOf(arm),
        OverScores(arm, scores => scores.Last().Loss),
        OverScores(arm, scores => scores.Max(score => score.Accuracy)),
        target is { } accuracy ? RoundsToTarget.Of(arm, accuracy) : null,
        Over(arm, run => run.Rounds.Sum(round => round.Examples)),
        Over(arm, run => run.Rounds.Where(round => round.Abandoned is null).Sum(round => (long)round.Outcomes.Trained)),
        arm.IsLanguage ? OverScores(arm, scores => RunMetrics.Of(arm.Study, scores.Last()).BitsPerWord!.Value) : null,
        arm.IsLanguage ? OverScores(arm, scores => RunMetrics.Of(arm.Study, scores.Last()).Perplexity!.Value) : null,
        MetricsSpread.Of(arm, run => RunMetrics.OfNew(run.Study, run.Periods)),
        PeriodSpread.Of(arm),
        GroupSpread.Of(arm),
        OverKnown(arm, run => run.Summary?.Forgetting),
        OverKnown(arm, run => run.Summary?.NeverSelected),
        arm.Runs.Count(run => !run.IsFinished),
        OverKnown(arm, run => run.Rounds[^1].EndHours),
        target is { } reached && arm.HasClock ? RoundsToTarget.ByHours(arm, reached) : null);

    /// <summary>The accuracy of an arm's last evaluated checkpoints.</summary>
    /// <param name="arm">The arm.</param>
    /// <returns>Its spread over the seeds; null when a run has none.</returns>
    public static Spread? LastAccuracyOf(Arm arm) => OverScores(arm, scores => scores.Last().Accuracy);

    private static Spread? OverScores(Arm arm, Func<IEnumerable<EvaluationRecord>, double> measure) => arm.Runs.All(run => run.IsEvaluated)
        ? Over(arm, run => measure(run.Rounds.Select(round => round.Metrics).OfType<EvaluationRecord>()))
        : null;

    private static Spread? OverKnown(Arm arm, Func<RunResult, double?> measure) =>
        arm.Runs.All(run => measure(run) is not null) ? Over(arm, run => measure(run)!.Value) : null;

    private static Spread Over(Arm arm, Func<RunResult, double> measure) => Spread.Of([.. arm.Runs.Select(measure)]);
}
