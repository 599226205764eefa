using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Evaluation;

namespace Sheaf.Grains.Training;

/// <summary>What devices have scored. Only sums: nobody can tell from it what one device holds.</summary>
/// <param name="Examples">Examples scored.</param>
/// <param name="Correct">Right ones, with what their error is estimated from when the devices are a sample.</param>
/// <param name="Loss">Losses in nats, likewise.</param>
/// <param name="Classes">By class, without losses; empty when there are too many classes.</param>
/// <param name="Groups">By activity group.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ScoreSheet")]
internal sealed record ScoreSheet(
    [property: Id(0)] long Examples,
    [property: Id(1)] HajekSums Correct,
    [property: Id(2)] HajekSums Loss,
    [property: Id(3)] ScoreSums[] Classes,
    [property: Id(4)] ScoreSums[] Groups)
{
    /// <summary>Nothing scored.</summary>
    public static readonly ScoreSheet Empty = new(0, default, default, [], []);

    /// <summary>Adds the scores of other devices.</summary>
    /// <param name="other">Theirs.</param>
    /// <returns>Both.</returns>
    public ScoreSheet Add(ScoreSheet other) => new(
        Examples + other.Examples, Correct + other.Correct, Loss + other.Loss, Add(Classes, other.Classes), Add(Groups, other.Groups));

    /// <summary>The record of the scores.</summary>
    /// <returns>The record; null when nothing was scored.</returns>
    public EvaluationRecord? ToRecord() => Correct.Estimate is { } accuracy && Loss.Estimate is { } loss
        ? new EvaluationRecord(
            checked((int)Correct.Devices),
            Examples,
            accuracy,
            loss,
            [.. Classes.Select(sums => sums.Accuracy)],
            [.. Groups.Select(sums => new GroupScore(sums.Devices, sums.Examples, sums.Accuracy, sums.MeanLoss, sums.Represented))],
            Correct.StandardError,
            Loss.StandardError,
            (double)Correct.Examples / HajekSums.Unit)
        : null;

    private static ScoreSums[] Add(ScoreSums[] left, ScoreSums[] right) =>
        left.Length == 0 ? right : right.Length == 0 ? left : [.. left.Zip(right, (one, other) => one + other)];
}
