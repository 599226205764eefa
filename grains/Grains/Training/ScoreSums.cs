using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Training;

/// <summary>Scores of some devices, added up: whole numbers only, so that the order of devices and slices does not matter.</summary>
/// <remarks>
/// Of a sample of devices each counts in proportion to 1/π, in units of 2⁻²⁰, and shares of such sums are Hájek's estimates (Hájek, "Comment
/// on a paper by D. Basu", 1971): Σ (1/π)·correct / Σ (1/π)·examples. When every device reports, all count alike and the shares are exact.
/// </remarks>
/// <param name="Devices">How many devices there are.</param>
/// <param name="Examples">How many examples they scored.</param>
/// <param name="WeightedExamples">Σ examples over π.</param>
/// <param name="WeightedCorrect">Σ right ones over π.</param>
/// <param name="WeightedLoss">Σ losses over π, in units of 2⁻³² nats.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ScoreSums")]
internal readonly record struct ScoreSums(
    [property: Id(0)] int Devices,
    [property: Id(1)] long Examples,
    [property: Id(2)] Int128 WeightedExamples,
    [property: Id(3)] Int128 WeightedCorrect,
    [property: Id(4)] Int128 WeightedLoss)
{
    private const double UnitsPerOne = 1 << 20;

    /// <summary>The share of right ones; null when nothing was scored.</summary>
    public double? Accuracy => WeightedExamples > 0 ? (double)WeightedCorrect / (double)WeightedExamples : null;

    /// <summary>The mean loss in nats; null when nothing was scored.</summary>
    public double? Loss => WeightedExamples > 0 ? DeviceResult.ToNats((double)WeightedLoss) / (double)WeightedExamples : null;

    /// <summary>Both sums.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Their sum.</returns>
    public static ScoreSums operator +(ScoreSums left, ScoreSums right) => new(
        left.Devices + right.Devices,
        left.Examples + right.Examples,
        left.WeightedExamples + right.WeightedExamples,
        left.WeightedCorrect + right.WeightedCorrect,
        left.WeightedLoss + right.WeightedLoss);

    /// <summary>The scores of one device, or of some of its examples.</summary>
    /// <param name="devices">1, or 0 when it is counted already.</param>
    /// <param name="examples">Examples scored.</param>
    /// <param name="correct">Right ones.</param>
    /// <param name="lossUnits">Σ of their losses, in units of 2⁻³² nats.</param>
    /// <param name="inverseInclusion">The mean inclusion probability of all devices over its own.</param>
    /// <returns>The sums.</returns>
    public static ScoreSums Of(int devices, long examples, long correct, long lossUnits, double inverseInclusion)
    {
        var weight = (Int128)Math.Max(1, Math.Round(inverseInclusion * UnitsPerOne));
        return new ScoreSums(devices, examples, weight * examples, weight * correct, weight * lossUnits);
    }
}

/// <summary>A slice's scores.</summary>
/// <param name="Total">Of all its devices.</param>
/// <param name="Classes">By class, without losses; empty when there are too many classes.</param>
/// <param name="Groups">By activity group.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ScoreSheet")]
internal sealed record ScoreSheet(
    [property: Id(0)] ScoreSums Total, [property: Id(1)] ScoreSums[] Classes, [property: Id(2)] ScoreSums[] Groups)
{
    /// <summary>Nothing scored.</summary>
    public static readonly ScoreSheet Empty = new(default, [], []);

    /// <summary>Adds the scores of other slices.</summary>
    /// <param name="other">The other slice's.</param>
    /// <returns>Both.</returns>
    public ScoreSheet Add(ScoreSheet other) => new(Total + other.Total, Add(Classes, other.Classes), Add(Groups, other.Groups));

    /// <summary>The record of the scores.</summary>
    /// <returns>The record; null when nothing was scored.</returns>
    public EvaluationRecord? ToRecord() => Total.Accuracy is { } accuracy && Total.Loss is { } loss
        ? new EvaluationRecord(
            Total.Devices,
            Total.Examples,
            accuracy,
            loss,
            [.. Classes.Select(sums => sums.Accuracy)],
            [.. Groups.Select(sums => new GroupScore(sums.Devices, sums.Examples, sums.Accuracy, sums.Loss))])
        : null;

    private static ScoreSums[] Add(ScoreSums[] left, ScoreSums[] right) =>
        left.Length == 0 ? right : right.Length == 0 ? left : [.. left.Zip(right, (one, other) => one + other)];
}
