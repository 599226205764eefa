using System.Collections.Immutable;
using Sheaf.Abstractions.Security;

namespace Sheaf.Abstractions.Models;

/// <summary>Scores a task's model on examples that the caller has, and that no device ever gets. Key: the task's name. Stores nothing.</summary>
[Alias("sheaf.IModelScorer")]
public interface IModelScorer : IGrainWithStringKey
{
    /// <summary>Scores a checkpoint; rows whose label is none of the model's are left out.</summary>
    /// <param name="checkpoint">The SHA-256 of a checkpoint that is stored: the current one, or the one before.</param>
    /// <param name="rows">At most a few thousand rows.</param>
    /// <returns>What can be added up over calls.</returns>
    /// <exception cref="InvalidOperationException">The task has no such checkpoint; one that runs on keeps its last two only.</exception>
    /// <exception cref="InvalidDataException">What is stored has another hash than its name.</exception>
    [Alias("Score"), ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Read)]
    Task<ModelScore> ScoreAsync(string checkpoint, ImmutableArray<LabelledText> rows);
}

/// <summary>A text and its label.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">The label.</param>
[GenerateSerializer, Immutable, Alias("sheaf.LabelledText")]
public sealed record LabelledText([property: Id(0)] string Text, [property: Id(1)] string Label);

/// <summary>How a model did on some examples.</summary>
/// <param name="Examples">Examples scored.</param>
/// <param name="Correct">Examples whose own label came out on top.</param>
/// <param name="LossSum">The sum of their cross-entropies, in nats.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ModelScore")]
public sealed record ModelScore([property: Id(0)] long Examples, [property: Id(1)] long Correct, [property: Id(2)] double LossSum);
