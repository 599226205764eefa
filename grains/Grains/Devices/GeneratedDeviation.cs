using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>What sets a generated device apart from one to which nothing has happened: all that it and its shard must remember of it.</summary>
/// <param name="Period">Up to which period <paramref name="Held"/> says what it holds; −1 when nothing has happened to it.</param>
/// <param name="Made">How many examples to train on it made up to then and were not erased.</param>
/// <param name="Fresh">How many of them came with that period.</param>
/// <param name="Held">The ids of what it holds of the examples up to then, held-out ones too.</param>
/// <param name="Refused">What it refuses of later ones.</param>
/// <param name="Own">Its own retention policy; null when its population's holds.</param>
/// <param name="IsWithdrawn">Whether its consent was withdrawn.</param>
/// <param name="PolicyVersion">The version of the population's policy by which <paramref name="Held"/> goes: what an earlier one would have deleted of it
/// had been deleted, or the device's own policy kept it.</param>
/// <param name="Stale">Its activity in the period before <paramref name="Period"/>, but for what was erased since.</param>
[GenerateSerializer, Immutable, Alias("sheaf.GeneratedDeviation")]
internal sealed record GeneratedDeviation(
    [property: Id(0)] int Period,
    [property: Id(1)] int Made,
    [property: Id(2)] int Fresh,
    [property: Id(3)] ImmutableArray<IdRange> Held,
    [property: Id(4)] Tombstone Refused,
    [property: Id(5)] RetentionSpec? Own,
    [property: Id(6)] bool IsWithdrawn,
    [property: Id(7)] int PolicyVersion,
    [property: Id(8)] int Stale)
{
    /// <summary>Nothing has happened.</summary>
    public static readonly GeneratedDeviation None = new(-1, 0, 0, [], Tombstone.Empty, null, false, 0, 0);

    /// <summary>Whether the device holds an example, but for what a policy will have it delete.</summary>
    /// <param name="example">The example.</param>
    /// <param name="period">Its period.</param>
    /// <returns>True when it does.</returns>
    public bool Has(ExampleIdentity example, int period) =>
        !IsWithdrawn && (period <= Period ? IdRanges.Contains(Held, example.Id) : !Refused.Refuses(example));

    /// <summary>Whether what the device holds of a period is all that is made in it.</summary>
    /// <param name="period">The period.</param>
    /// <returns>True when nothing is left out.</returns>
    public bool IsWhole(int period) => !IsWithdrawn && period > Period && Refused == Tombstone.Empty;
}
