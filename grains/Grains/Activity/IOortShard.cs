using Orleans.Concurrency;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>An activity shard as Oort asks it: who may be selected, and who of those that never took part is among the first. Key: <see cref="ShardKey"/>.</summary>
[Alias("sheaf.IOortShard")]
internal interface IOortShard : IGrainWithStringKey
{
    /// <summary>Takes note of the devices that have taken part in a task. The shard keeps one list a task, in memory only. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="name">The name by which <see cref="OortQuestion.Explored"/> refers to the list.</param>
    /// <param name="deviceIds">The devices of this shard.</param>
    /// <returns>When it is noted.</returns>
    [Alias("Explore"), AlwaysInterleave]
    Task ExploreAsync(string task, string name, string[] deviceIds);

    /// <summary>Who may be selected.</summary>
    /// <param name="question">What is drawn by.</param>
    /// <returns>Their number, and the silo.</returns>
    /// <exception cref="InvalidOperationException">A list is not known: the draw must begin anew.</exception>
    [Alias("CountOort"), AlwaysInterleave]
    Task<OortCounts> CountOortAsync(OortQuestion question);

    /// <summary>The first devices in one of the orders of a draw.</summary>
    /// <param name="contents">The contents that were counted.</param>
    /// <param name="question">What is drawn by.</param>
    /// <param name="isFloor">Whether in the floor's draw; otherwise among those that have never taken part.</param>
    /// <param name="count">How many.</param>
    /// <returns>In that order; fewer when there are fewer.</returns>
    /// <exception cref="InvalidOperationException">The contents have changed, or a list is not known: the draw must begin anew.</exception>
    [Alias("FirstOort"), AlwaysInterleave]
    Task<OortEntry[]> FirstOortAsync(ulong contents, OortQuestion question, bool isFloor, int count);
}

/// <summary>What a draw of Oort goes by. Two equal questions share what a shard has worked out.</summary>
/// <param name="Column">Who could be selected.</param>
/// <param name="Explored">The name of the list of devices that have taken part.</param>
/// <param name="Seed">The seed of the task.</param>
/// <param name="Round">The round.</param>
/// <param name="Cap">The inclusion cap that holds.</param>
/// <param name="ExamplesPerRoundMax">The most examples of a device that a round uses.</param>
[GenerateSerializer, Immutable, Alias("sheaf.OortQuestion")]
internal sealed record OortQuestion(
    [property: Id(0)] DrawColumn Column,
    [property: Id(1)] string Explored,
    [property: Id(2)] ulong Seed,
    [property: Id(3)] int Round,
    [property: Id(4)] double Cap,
    [property: Id(5)] int ExamplesPerRoundMax);

/// <summary>Who of a shard may be selected.</summary>
/// <param name="Active">Devices that could be selected, the cap left aside.</param>
/// <param name="Unexplored">Devices that may be selected and have never taken part.</param>
/// <param name="Explored">The indices of those that have taken part, in the order of the list; negative where there is no such device.</param>
/// <param name="IsEligible">Whether each of them may be selected.</param>
/// <param name="Silo">The silo the shard lives on.</param>
/// <param name="Contents">The hash of the devices and counts; indices hold for these only.</param>
[GenerateSerializer, Immutable, Alias("sheaf.OortCounts")]
internal sealed record OortCounts(
    [property: Id(0)] int Active,
    [property: Id(1)] int Unexplored,
    [property: Id(2)] int[] Explored,
    [property: Id(3)] bool[] IsEligible,
    [property: Id(4)] SiloAddress Silo,
    [property: Id(5)] ulong Contents);

// How an entry travels: the learning core knows nothing of serialization.
[GenerateSerializer, Immutable, Alias("sheaf.wire.OortEntry")]
internal readonly record struct OortEntryWire([property: Id(0)] ulong Position, [property: Id(1)] int Index, [property: Id(2)] int Activity);

[RegisterConverter]
internal sealed class OortEntryConverter : IConverter<OortEntry, OortEntryWire>
{
    public OortEntry ConvertFromSurrogate(in OortEntryWire surrogate) => new(surrogate.Position, surrogate.Index, surrogate.Activity);

    public OortEntryWire ConvertToSurrogate(in OortEntry value) => new(value.Position, value.Index, value.Activity);
}
