using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>How a checkpoint scored, on the devices that hold the examples. Of a sample of devices, the shares are Hájek's estimates of all.</summary>
/// <param name="Devices">Devices that scored it.</param>
/// <param name="Examples">Examples scored.</param>
/// <param name="Accuracy">Share of examples whose own label came out on top, in [0, 1].</param>
/// <param name="Loss">Mean cross-entropy, in nats.</param>
/// <param name="Classes">Accuracy by class, in the order of the task's classes, null for one of which no example was scored; empty for
/// a task of more than <see cref="ClassesMax"/> classes.</param>
/// <param name="Groups">The same by activity group, from the least active tenth of the devices to the most active.</param>
/// <param name="AccuracyError">The standard error of the accuracy: 0 when every device that holds any example has scored, null when it cannot be told.</param>
/// <param name="LossError">The standard error of the loss, likewise.</param>
/// <param name="Represented">How many examples those scored stand for: Σ n/π over the devices, which is <paramref name="Examples"/> when all have scored.</param>
[GenerateSerializer, Immutable, Alias("sheaf.EvaluationRecord")]
public sealed record EvaluationRecord(
    [property: Id(0)] int Devices,
    [property: Id(1)] long Examples,
    [property: Id(2)] double Accuracy,
    [property: Id(3)] double Loss,
    [property: Id(4)] ImmutableArray<double?> Classes,
    [property: Id(5)] ImmutableArray<GroupScore> Groups,
    [property: Id(6)] double? AccuracyError = null,
    [property: Id(7)] double? LossError = null,
    [property: Id(8)] double Represented = 0)
{
    /// <summary>The most classes that are scored one by one.</summary>
    public const int ClassesMax = 256;

    /// <summary>Whether two scores say the same: immutable arrays alone would compare which array it is, not what is in it.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether all values are equal.</returns>
    public bool Equals(EvaluationRecord? other) =>
        other is not null
        && (Devices, Examples, Accuracy, Loss, AccuracyError, LossError, Represented)
            == (other.Devices, other.Examples, other.Accuracy, other.Loss, other.AccuracyError, other.LossError, other.Represented)
        && Classes.SequenceEqual(other.Classes)
        && Groups.SequenceEqual(other.Groups);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Devices, Examples, Accuracy, Loss);
}

/// <summary>How a checkpoint scored on one activity group.</summary>
/// <param name="Devices">Devices of the group that scored it.</param>
/// <param name="Examples">Their examples.</param>
/// <param name="Accuracy">Share of them whose own label came out on top; null when there were none.</param>
/// <param name="Loss">Mean cross-entropy, in nats; null when there were none.</param>
/// <param name="Represented">How many examples those scored stand for, as in <see cref="EvaluationRecord.Represented"/>.</param>
[GenerateSerializer, Immutable, Alias("sheaf.GroupScore")]
public readonly record struct GroupScore(
    [property: Id(0)] int Devices,
    [property: Id(1)] long Examples,
    [property: Id(2)] double? Accuracy,
    [property: Id(3)] double? Loss,
    [property: Id(4)] double Represented = 0);
