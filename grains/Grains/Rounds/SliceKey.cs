using System.Globalization;

namespace Sheaf.Grains.Rounds;

/// <summary>One attempt at one slice. Also its grain key.</summary>
/// <param name="Task">The task.</param>
/// <param name="Epoch">The coordinator's epoch: one that took over starts the round anew under a higher one.</param>
/// <param name="Round">The round.</param>
/// <param name="Kind">What its devices do.</param>
/// <param name="Slice">The slice.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Pass">How often the epoch has asked the same of its devices before, from 0: what one plan was told is no answer to the next.</param>
[GenerateSerializer, Immutable, Alias("sheaf.SliceKey")]
internal readonly record struct SliceKey(
    [property: Id(0)] string Task,
    [property: Id(1)] long Epoch,
    [property: Id(2)] int Round,
    [property: Id(3)] SliceKind Kind,
    [property: Id(4)] int Slice,
    [property: Id(5)] int Attempt,
    [property: Id(6)] int Pass = 0)
{
    /// <summary>The round of the attempt.</summary>
    public RoundKey RoundKey => new(Task, Epoch, Round);

    /// <summary>Whether it gives no sum of updates.</summary>
    public bool IsEvaluation => Kind != SliceKind.Train;

    /// <summary>The grain key.</summary>
    /// <returns>task/epoch/round/kind/slice/attempt/pass.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Task}/{Epoch}/{Round}/{Kind}/{Slice}/{Attempt}/{Pass}");
}

/// <summary>One round of one epoch of a task's coordinator.</summary>
/// <param name="Task">The task.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Round">The round.</param>
[GenerateSerializer, Immutable, Alias("sheaf.RoundKey")]
internal readonly record struct RoundKey([property: Id(0)] string Task, [property: Id(1)] long Epoch, [property: Id(2)] int Round);
