using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Models;
using Sheaf.Learning.Rounds;

namespace Sheaf.Grains.Rounds;

/// <summary>What is stored of a round under way: all it takes to go on with it, but for what no sum has that is stored.</summary>
/// <remarks>About 60 bytes for every device of the cohort, ids of ten characters assumed: 600 kB when it has 10,000.</remarks>
[GenerateSerializer, Alias("sheaf.RoundSnapshot")]
internal sealed class RoundSnapshot
{
    /// <summary>The epoch that wrote it.</summary>
    [Id(0)]
    public long Epoch { get; init; }

    /// <summary>The round; 0 in a row that was never written.</summary>
    [Id(1)]
    public int Round { get; init; }

    /// <summary>The model that it trains from.</summary>
    [Id(2)]
    public BlobRef? Start { get; init; }

    /// <summary>The population's period and time by which the devices go.</summary>
    [Id(3)]
    public PopulationMoment Moment { get; init; }

    /// <summary>The cohort, sorted by id.</summary>
    [Id(4)]
    public string[] Devices { get; init; } = [];

    /// <summary>How much less likely than an average device each was to be drawn.</summary>
    [Id(5)]
    public double[] InverseInclusions { get; init; } = [];

    /// <summary>The slices.</summary>
    [Id(6)]
    public SliceMark[] Slices { get; init; } = [];

    /// <summary>For each silo whose sum was ever thrown away, which of its sums was collected.</summary>
    [Id(7)]
    public ImmutableDictionary<string, int> Generations { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>The devices that asked to be left out, by their index in the cohort.</summary>
    [Id(8)]
    public int[] Erased { get; init; } = [];

    /// <summary>The copies that hold the durable slices.</summary>
    [Id(9)]
    public StoredSum[] Stored { get; init; } = [];

    /// <summary>Where the epoch's names end: under any smaller number something may be stored.</summary>
    [Id(10)]
    public int NamesEnd { get; init; }

    /// <summary>Whether a device was erased while the task ran.</summary>
    [Id(11)]
    public bool IsDisturbed { get; init; }

    /// <summary>How many examples each device of the cohort had to train on; none of rounds without a virtual clock.</summary>
    [Id(12)]
    public int[] Activity { get; init; } = [];

    /// <summary>How many devices were there to be drawn; null when nobody counted them.</summary>
    [Id(13)]
    public long? Present { get; init; }

    /// <summary>Every name under which something may be stored.</summary>
    public IEnumerable<StoredName> Names =>
        Enumerable.Range(0, NamesEnd).Select(number => new StoredName(Epoch, number)).Union(Stored.Select(stored => stored.Name));

    /// <summary>The ledger with which whoever takes over goes on.</summary>
    /// <returns>A ledger whose slices are durable or pending.</returns>
    public RoundLedger Resume() => RoundLedger.Resume(
        Slices.Select(slice => new SliceEntry(
            [.. slice.Devices], slice.Silo, slice.Attempt, slice.Report is null ? SliceStatus.Pending : SliceStatus.Durable) { Generation = slice.Generation }),
        Generations,
        Erased);
}

/// <summary>What is stored of a slice.</summary>
/// <param name="Devices">Its devices by their index in the cohort, ascending.</param>
/// <param name="Silo">Where it was to run, or ran.</param>
/// <param name="Attempt">The attempt that counts.</param>
/// <param name="Generation">Which of the silo's sums it is in, when it is durable.</param>
/// <param name="Report">What it said of itself; null unless it is durable.</param>
[GenerateSerializer, Immutable, Alias("sheaf.SliceMark")]
internal sealed record SliceMark(
    [property: Id(0)] int[] Devices,
    [property: Id(1)] string Silo,
    [property: Id(2)] int Attempt,
    [property: Id(3)] int Generation,
    [property: Id(4)] SliceReport? Report);
