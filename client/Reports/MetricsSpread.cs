using System.Text.Json.Serialization;
using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>The metrics of an arm over its seeds.</summary>
/// <param name="Accuracy">The accuracies, in [0, 1].</param>
/// <param name="Loss">The losses, in nats.</param>
internal sealed record MetricsSpread(Spread Accuracy, Spread Loss)
{
    /// <summary>The bits per word; absent unless the task is next words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Spread? BitsPerWord { get; init; }

    /// <summary>The perplexities; absent unless the task is next words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Spread? Perplexity { get; init; }

    /// <summary>Works out the spread of metrics.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="metrics">Which metrics of a run.</param>
    /// <returns>Their spread; null unless all its runs have them.</returns>
    public static MetricsSpread? Of(Arm arm, Func<RunResult, RunMetrics?> metrics)
    {
        var values = arm.Runs.Select(metrics).OfType<RunMetrics>().ToList();
        return values.Count < arm.Runs.Count ? null : new MetricsSpread(Over(values, each => each.Accuracy), Over(values, each => each.Loss))
        {
            BitsPerWord = arm.IsLanguage ? Over(values, each => each.BitsPerWord!.Value) : null,
            Perplexity = arm.IsLanguage ? Over(values, each => each.Perplexity!.Value) : null,
        };
    }

    private static Spread Over(List<RunMetrics> values, Func<RunMetrics, double> value) => Spread.Of([.. values.Select(value)]);
}

/// <summary>What came out for one period of an arm.</summary>
/// <param name="Period">The period, from 0.</param>
/// <param name="Prequential">How its new examples scored before anybody trained on them.</param>
internal sealed record PeriodSpread(int Period, MetricsSpread Prequential)
{
    /// <summary>Sums the periods up that all runs of an arm have scored.</summary>
    /// <param name="arm">The arm.</param>
    /// <returns>The periods, ascending.</returns>
    public static IReadOnlyList<PeriodSpread> Of(Arm arm) =>
    [
        .. arm.Runs.SelectMany(run => run.Periods).Select(record => record.Period).Distinct().Order().SelectMany(period =>
            MetricsSpread.Of(arm, run => run.Periods.FirstOrDefault(record => record.Period == period)?.Prequential is { } score ? RunMetrics.Of(run.Study, score) : null)
                is { } spread ? (PeriodSpread[])[new(period, spread)] : []),
    ];
}

/// <summary>What came out for one activity group of an arm.</summary>
/// <param name="Metrics">How the last checkpoints scored on its held-out examples; null unless all did.</param>
/// <param name="Prequential">How its new examples scored before anybody trained on them; null unless those of all runs did.</param>
internal sealed record GroupSpread(MetricsSpread? Metrics, MetricsSpread? Prequential)
{
    /// <summary>Sums the groups up.</summary>
    /// <param name="arm">The arm.</param>
    /// <returns>The groups, from the least active tenth of the devices to the most active; none while a run has not ended.</returns>
    public static IReadOnlyList<GroupSpread> Of(Arm arm) =>
    [
        .. Enumerable.Range(0, arm.Runs.Min(run => run.Summary?.Groups.Count ?? 0)).Select(group => new GroupSpread(
            MetricsSpread.Of(arm, run => run.Summary!.Groups[group].Metrics), MetricsSpread.Of(arm, run => run.Summary!.Groups[group].Prequential))),
    ];
}
