using System.Globalization;
using System.Text.Json.Serialization;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>How a checkpoint scored.</summary>
/// <param name="Accuracy">Share of examples whose own label came out on top, in [0, 1].</param>
/// <param name="Loss">Mean cross-entropy, in nats.</param>
internal sealed record RunMetrics(double Accuracy, double Loss)
{
    /// <summary>What a language model's score is in bits per word, the loss over ln 2; absent for other tasks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BitsPerWord { get; init; }

    /// <summary>Among how many equally likely words a language model's score is like choosing, e to the loss; absent for other tasks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Perplexity { get; init; }

    /// <summary>The metrics of a task.</summary>
    /// <param name="study">The study.</param>
    /// <param name="score">How a checkpoint scored.</param>
    /// <returns>The score, and for next words what follows from its loss.</returns>
    public static RunMetrics Of(Study study, EvaluationRecord score) => Of(study, score.Accuracy, score.Loss);

    /// <summary>The metrics of a task.</summary>
    /// <param name="study">The study.</param>
    /// <param name="accuracy">Share of examples whose own label came out on top, in [0, 1].</param>
    /// <param name="loss">Mean cross-entropy, in nats.</param>
    /// <returns>Both, and for next words what follows from the loss.</returns>
    public static RunMetrics Of(Study study, double accuracy, double loss)
    {
        var metrics = new RunMetrics(accuracy, loss);
        return study.Task.Type != TaskType.NextWord ? metrics : metrics with { BitsPerWord = loss / Math.Log(2), Perplexity = PerplexityOf(loss) };
    }

    /// <summary>The metrics of one activity group.</summary>
    /// <param name="study">The study.</param>
    /// <param name="score">How a checkpoint scored; null when it did not.</param>
    /// <param name="group">The group, from 0.</param>
    /// <returns>The metrics; null when no example of the group was scored.</returns>
    public static RunMetrics? OfGroup(Study study, EvaluationRecord? score, int group) =>
        GroupOf(score, group) is { Accuracy: { } accuracy, Loss: { } loss } ? Of(study, accuracy, loss) : null;

    /// <summary>The metrics of the periods' new examples, each by as much as it has. The first period is left out: nothing has been learnt by then.</summary>
    /// <param name="study">The study.</param>
    /// <param name="periods">How its periods began.</param>
    /// <returns>The metrics; null when no period but the first was scored.</returns>
    public static RunMetrics? OfNew(Study study, IEnumerable<PeriodRecord> periods) =>
        Mean(study, Learnt(periods).Select(score => (score.Accuracy, score.Loss, score.Represented)));

    /// <summary>The same of one activity group.</summary>
    /// <param name="study">The study.</param>
    /// <param name="periods">How its periods began.</param>
    /// <param name="group">The group, from 0.</param>
    /// <returns>The metrics; null when none of its examples was scored in any period but the first.</returns>
    public static RunMetrics? OfNew(Study study, IEnumerable<PeriodRecord> periods, int group) =>
        Mean(study, Learnt(periods).Select(score => GroupOf(score, group)).Where(score => score.Loss is not null)
            .Select(score => (score.Accuracy!.Value, score.Loss!.Value, score.Represented)));

    /// <summary>Among how many equally likely words a loss is like choosing.</summary>
    /// <param name="loss">The loss, in nats per word.</param>
    /// <returns>e to the loss, at most the largest number: that of a model that has diverged is larger still, and JSON has no infinity.</returns>
    public static double PerplexityOf(double loss) => Math.Min(Math.Exp(loss), double.MaxValue);

    /// <summary>For people.</summary>
    /// <returns>For example <c>Accuracy 19.8%, loss 4.804 (6.931 bits per word, perplexity 122.0)</c>.</returns>
    public string Describe()
    {
        var language = this is { BitsPerWord: { } bits, Perplexity: { } perplexity }
            ? string.Create(CultureInfo.InvariantCulture, $" ({bits:F3} bits per word, perplexity {perplexity:F1})")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"Accuracy {100 * Accuracy:F1}%, loss {Loss:F3}{language}");
    }

    private static IEnumerable<EvaluationRecord> Learnt(IEnumerable<PeriodRecord> periods) =>
        periods.Where(period => period.Round > 1).Select(period => period.Prequential).OfType<EvaluationRecord>();

    private static GroupScore GroupOf(EvaluationRecord? score, int group) =>
        score is null || score.Groups.IsDefault || group >= score.Groups.Length ? default : score.Groups[group];

    private static RunMetrics? Mean(Study study, IEnumerable<(double Accuracy, double Loss, double Represented)> scores)
    {
        var parts = scores.ToList();
        var all = parts.Sum(part => part.Represented);
        return all > 0 ? Of(study, parts.Sum(part => part.Accuracy * part.Represented) / all, parts.Sum(part => part.Loss * part.Represented) / all) : null;
    }
}
