using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;

namespace Sheaf.Client.Reports;

/// <summary>What a report compares checkpoints by.</summary>
/// <param name="Name">Its name, in small letters.</param>
/// <param name="AxisFormat">How an axis is labelled.</param>
/// <param name="Format">How a table shows it.</param>
/// <param name="IsHigherBetter">Whether more of it is better.</param>
internal sealed record Measure(string Name, string AxisFormat, string Format, bool IsHigherBetter)
{
    /// <summary>The share of examples whose own label came out on top, in [0, 1].</summary>
    public static readonly Measure Accuracy = new("accuracy", "0 %", "0.000", IsHigherBetter: true);

    /// <summary>Among how many equally likely words the next one is like choosing, at least 1: only language models have it.</summary>
    public static readonly Measure Perplexity = new("perplexity", "#,0.##", "#,0.0", IsHigherBetter: false);

    /// <summary>The measure of a report.</summary>
    /// <param name="arms">Its arms.</param>
    /// <returns>The perplexity where all of them learn next words; else the accuracy, which all models have.</returns>
    public static Measure For(IReadOnlyList<Arm> arms) => arms.All(arm => arm.IsLanguage) ? Perplexity : Accuracy;

    /// <summary>Its name at the beginning of a sentence.</summary>
    public string Title => char.ToUpperInvariant(Name[0]) + Name[1..];

    /// <summary>How a table shows differences in it.</summary>
    public string DifferenceFormat => $"+{Format};−{Format};{Format}";

    /// <summary>What it says of a score.</summary>
    /// <param name="score">The score.</param>
    /// <returns>Its value.</returns>
    public double Of(EvaluationRecord score) => this == Perplexity ? RunMetrics.PerplexityOf(score.Loss) : score.Accuracy;

    /// <summary>What it says of metrics.</summary>
    /// <param name="metrics">The metrics; null for none.</param>
    /// <returns>Its value; null for none.</returns>
    public double? Of(RunMetrics? metrics) => this == Perplexity ? metrics?.Perplexity : metrics?.Accuracy;

    /// <summary>What it says of metrics over seeds.</summary>
    /// <param name="metrics">The metrics; null for none.</param>
    /// <returns>Its values; null for none.</returns>
    public Spread? Of(MetricsSpread? metrics) => this == Perplexity ? metrics?.Perplexity : metrics?.Accuracy;
}
