using System.Collections.Immutable;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Models;

namespace Sheaf.Grains.Rounds;

/// <summary>Turns the silos' sums into the next checkpoint. Key: the task. On a silo with an accelerator when there is one.</summary>
[Alias("sheaf.IAggregator")]
internal interface IAggregator : IGrainWithStringKey
{
    /// <summary>Reads the sums, applies the server optimizer and stores the next checkpoint, which nobody uses before it is committed. Idempotent.</summary>
    /// <param name="order">What to aggregate.</param>
    /// <returns>The checkpoint, or the sums that are gone.</returns>
    [Alias("Aggregate"), ResponseTimeout("00:10:00")]
    Task<AggregationReport> AggregateAsync(AggregationOrder order);

    /// <summary>Makes and stores the checkpoint before the first round. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <returns>The checkpoint.</returns>
    [Alias("Initialize"), ResponseTimeout("00:10:00")]
    Task<CheckpointRef> InitializeAsync(TaskSpec task);
}

/// <summary>What to aggregate.</summary>
/// <param name="Round">The round.</param>
/// <param name="Task">The task.</param>
/// <param name="Sums">The silos' sums, with what each must hold.</param>
/// <param name="Checkpoint">What the round started from.</param>
/// <param name="Updates">How many updates the sums hold together.</param>
/// <param name="Stored">What is stored of sums that silos have lost.</param>
/// <param name="WeightUnits">Σ of what those updates weigh, as the devices' slices report it, in units of 2⁻²⁰.</param>
/// <param name="Trace">The span that it is a part of, in the form of <c>traceparent</c>; null when nobody listens.</param>
[GenerateSerializer, Immutable, Alias("sheaf.AggregationOrder")]
internal sealed record AggregationOrder(
    [property: Id(0)] RoundKey Round,
    [property: Id(1)] TaskSpec Task,
    [property: Id(2)] ImmutableArray<SiloSumQuery> Sums,
    [property: Id(3)] CheckpointRef Checkpoint,
    [property: Id(4)] int Updates,
    [property: Id(5)] ImmutableArray<StoredSum> Stored,
    [property: Id(6)] long WeightUnits,
    [property: Id(7)] string? Trace = null)
{
    /// <summary>Refuses sums that are not what the ledger counts.</summary>
    /// <param name="updates">How many updates they hold.</param>
    /// <param name="weightUnits">Σ of their weights, in units of 2⁻²⁰.</param>
    /// <exception cref="InvalidOperationException">They hold other updates.</exception>
    public void EnsureHolds(int updates, long weightUnits)
    {
        if ((updates, weightUnits) != (Updates, WeightUnits))
        {
            throw new InvalidOperationException(
                $"The sums of round {Round.Round} of task '{Round.Task}' hold {updates} updates that weigh {weightUnits} units, and the ledger counts {Updates} that weigh {WeightUnits}. Nothing was committed.");
        }
    }
}

/// <summary>What aggregation gave.</summary>
/// <param name="Checkpoint">The next checkpoint; null when a sum is gone.</param>
/// <param name="Lost">The silos whose sums are gone.</param>
/// <param name="LostStored">The stored sums that are gone or damaged.</param>
/// <param name="WeightUnits">Σ of the weights that are in the checkpoint, as the sums themselves have it, in units of 2⁻²⁰.</param>
[GenerateSerializer, Immutable, Alias("sheaf.AggregationReport")]
internal sealed record AggregationReport(
    [property: Id(0)] CheckpointRef? Checkpoint,
    [property: Id(1)] ImmutableArray<string> Lost,
    [property: Id(2)] ImmutableArray<StoredSum> LostStored,
    [property: Id(3)] long WeightUnits = 0);

/// <summary>A stored checkpoint.</summary>
/// <param name="Parameters">The model.</param>
/// <param name="Moments">What the server optimizer carries.</param>
[GenerateSerializer, Immutable, Alias("sheaf.CheckpointRef")]
internal sealed record CheckpointRef([property: Id(0)] BlobRef Parameters, [property: Id(1)] BlobRef Moments);
