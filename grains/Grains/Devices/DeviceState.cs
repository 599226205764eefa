using System.Collections.Immutable;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Erasures;
using Sheaf.Grains.Rounds;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>What a device stores. A generated device stores no example, since its examples can be made again: only what sets it apart.</summary>
[GenerateSerializer, Alias("sheaf.DeviceState")]
internal sealed class DeviceState
{
    /// <summary>A pushed device's examples, by time.</summary>
    [Id(0)]
    public List<StoredExample> Examples { get; set; } = [];

    /// <summary>Pushed rows up to this one have been taken in, or erased before they were.</summary>
    [Id(1)]
    public long RowWatermark { get; set; } = -1;

    /// <summary>A generated device's examples up to <see cref="Period"/>, by their ids, when something has set it apart.</summary>
    [Id(2)]
    public ImmutableArray<IdRange> Held { get; set; } = [];

    /// <summary>Raised with every store, so that a shard can tell older counts from newer ones.</summary>
    [Id(4)]
    public long Version { get; set; }

    /// <summary>The period of the latest examples that came, or of the latest change of what is held; −1 before any.</summary>
    [Id(5)]
    public int Period { get; set; } = -1;

    /// <summary>How many examples to train on came with that period and were not erased.</summary>
    [Id(6)]
    public int Fresh { get; set; }

    /// <summary>How many examples to train on ever came and were not erased.</summary>
    [Id(7)]
    public int Made { get; set; }

    /// <summary>What was erased.</summary>
    [Id(3)]
    public List<EraseReceipt> Receipts { get; set; } = [];

    /// <summary>What never comes in again.</summary>
    [Id(8)]
    public Tombstone Refused { get; set; } = Tombstone.Empty;

    /// <summary>Its own retention policy; null when its population's holds.</summary>
    [Id(9)]
    public RetentionSpec? Own { get; set; }

    /// <summary>Whether its consent was withdrawn.</summary>
    [Id(10)]
    public bool IsWithdrawn { get; set; }

    /// <summary>Examples that go when the commit of a round is seen.</summary>
    [Id(11)]
    public List<PendingRound> Pending { get; set; } = [];

    /// <summary>Erasures whose examples are gone and whose receipts are not made yet, by their numbers.</summary>
    [Id(12)]
    public SortedDictionary<long, PendingErasure> Erasing { get; set; } = [];

    /// <summary>The version of the population's policy by which <see cref="Held"/> goes.</summary>
    [Id(13)]
    public int PolicyVersion { get; set; }

    /// <summary>How many examples to train on a generated device held in the period before <see cref="Period"/> and were not erased.</summary>
    [Id(14)]
    public int Stale { get; set; }
}

/// <summary>An erasure that is under way, or that failed half-way.</summary>
/// <param name="Erasure">The erasure.</param>
/// <param name="Examples">How many examples went.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PendingErasure")]
internal sealed record PendingErasure([property: Id(0)] Erasure Erasure, [property: Id(1)] int Examples);

/// <summary>What a device has handed over to a round and deletes when it sees its commit.</summary>
/// <param name="Task">The task.</param>
/// <param name="Round">The round.</param>
/// <param name="Ids">The ids of the examples.</param>
/// <param name="Epoch">The epoch of the task's coordinator: one that goes back runs rounds of the same numbers anew under a higher one.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PendingRound")]
internal sealed record PendingRound(
    [property: Id(0)] string Task, [property: Id(1)] int Round, [property: Id(2)] ImmutableArray<long> Ids, [property: Id(3)] long Epoch)
{
    /// <summary>Adds what an attempt at a slice uses. Of an epoch all attempts count; what an earlier one has used was not committed, or is told.</summary>
    /// <param name="pending">What is known, which is changed.</param>
    /// <param name="slice">The attempt.</param>
    /// <param name="ids">The ids of the examples.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool Note(List<PendingRound> pending, SliceKey slice, ImmutableArray<long> ids)
    {
        var ofTask = pending.FindAll(each => each.Task == slice.Task);
        if (ofTask.Exists(each => each.Epoch > slice.Epoch))
        {
            // A call of a coordinator that was taken over: nothing of it will be committed.
            return false;
        }

        var known = ofTask.Find(each => each.Epoch == slice.Epoch && each.Round == slice.Round);
        var stale = ofTask.FindAll(each => each != known && (each.Epoch < slice.Epoch || each.Round < slice.Round));
        if (stale.Count == 0 && ids.All(id => known?.Ids.Contains(id) == true))
        {
            return false;
        }

        pending.RemoveAll(each => each == known || stale.Contains(each));
        ImmutableArray<long> used = [.. (known?.Ids ?? []).Union(ids)];
        if (!used.IsEmpty)
        {
            pending.Add(new PendingRound(slice.Task, slice.Round, used, slice.Epoch));
        }

        return true;
    }
}

/// <summary>One example of a device.</summary>
/// <param name="Time">When it was made.</param>
/// <param name="Text">The text.</param>
/// <param name="Label">Its label.</param>
/// <param name="HeldOut">Whether it is kept for evaluation only: the test set of a simulation, which no policy deletes.</param>
/// <param name="ExampleId">Its number, ascending as examples come: the row of a pushed one, period · 2³² + row of a generated one.</param>
/// <param name="Period">The period with which it came.</param>
[GenerateSerializer, Immutable, Alias("sheaf.StoredExample")]
internal sealed record StoredExample(
    [property: Id(0)] DateTimeOffset Time,
    [property: Id(1)] string Text,
    [property: Id(2)] string Label,
    [property: Id(3)] bool HeldOut,
    [property: Id(4)] long ExampleId,
    [property: Id(5)] int Period)
{
    /// <summary>What a policy knows of it.</summary>
    public ExampleFacts Facts => new(ExampleId, Time, Period, ExampleFacts.BytesOf(Text, Label));

    /// <summary>What an erasure knows of it.</summary>
    public ExampleIdentity Identity => new(ExampleId, Time, Label);
}
