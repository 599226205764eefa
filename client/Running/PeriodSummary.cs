using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>What came out for one period.</summary>
/// <param name="Period">The period, from 0.</param>
/// <param name="Prequential">How the checkpoint of the round before scored on its new examples, before anybody trained on them; null when nothing was scored.</param>
internal sealed record PeriodSummary(int Period, RunMetrics? Prequential)
{
    /// <summary>Sums a period up.</summary>
    /// <param name="study">The study.</param>
    /// <param name="period">How it began.</param>
    /// <returns>The summary.</returns>
    public static PeriodSummary Of(Study study, PeriodRecord period) =>
        new(period.Period, period.Prequential is { } score ? RunMetrics.Of(study, score) : null);
}
