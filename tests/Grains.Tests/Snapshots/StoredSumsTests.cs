using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Tests.Snapshots;

/// <summary>Copies of sums in a real storage.</summary>
[Collection(Clusters.Name)]
public sealed class StoredSumsTests(SharedClusters shared)
{
    private const int Parameters = (2 * SumChunks.Units) + 3;

    private SiloAddress Silo => shared.One.Silos[0].SiloAddress;

    private StoredSums Stored => shared.One.Service<StoredSums>(Silo);

    private SiloSums Live => shared.One.Service<SiloSums>(Silo);

    [Fact]
    public async Task Write_ThenAdd_GivesTheSumThatWasThereThen()
    {
        var round = Merge("copy", slice: 4);
        var copy = await Stored.WriteAsync(round, "silo", 1, new StoredName(1, 0));
        Live.Merge(round, 1, slice: 5, attempt: 1, Sum(1));

        var sum = new FixedPointSum(Parameters, new FixedPointScale(0));
        Assert.True(await Stored.AddAsync("copy", copy!, sum));

        Assert.Equal(Sum(3).Units.ToArray(), sum.Units.ToArray());
        Assert.Equal((3, 12L), (sum.Updates, sum.WeightUnits));
        Assert.Equal([new(4, 2)], copy!.Slices);
        // Nothing is written of the chunk in the middle, which is zero.
        Assert.Equal([0, 2], copy.Chunks);
        Assert.Equal(["sum-1-0-0", "sum-1-0-2"], shared.One.RowsOfSnapshots("copy"));
    }

    [Fact]
    public async Task Add_PartOfItGoneOrOfAnotherCopy_SaysSo()
    {
        var round = Merge("damaged", slice: 4);
        var first = await Stored.WriteAsync(round, "silo", 1, new StoredName(1, 0));
        Live.Merge(round, 1, slice: 5, attempt: 1, Sum(1));
        var second = await Stored.WriteAsync(round, "silo", 1, new StoredName(1, 1));

        Assert.False(await Stored.AddAsync("damaged", first! with { Name = second!.Name }, new FixedPointSum(Parameters, new FixedPointScale(0))));
        await Stored.DeleteAsync("damaged", [first.Name, new StoredName(7, 7)], chunks: 3);
        Assert.False(await Stored.AddAsync("damaged", first, new FixedPointSum(Parameters, new FixedPointScale(0))));
        Assert.True(await Stored.AddAsync("damaged", second, new FixedPointSum(Parameters, new FixedPointScale(0))));
    }

    [Fact]
    public async Task Write_SumThatIsNotThere_GivesNoCopy()
    {
        var round = Merge("absent", slice: 4);
        Live.Drop(round, 2);

        Assert.Null(await Stored.WriteAsync(round, "silo", 1, new StoredName(1, 0)));
        Assert.Null(await Stored.WriteAsync(round, "silo", 2, new StoredName(1, 1)));
        Assert.Empty(shared.One.RowsOfSnapshots("absent"));
    }

    private RoundKey Merge(string task, int slice)
    {
        var round = new RoundKey(task, 1, 1);
        Live.Merge(round, 1, slice, attempt: 2, Sum(3));
        return round;
    }

    private static FixedPointSum Sum(int updates)
    {
        var units = new long[Parameters];
        (units[1], units[^1]) = (updates * 10, -updates);
        return new FixedPointSum(units, new FixedPointScale(0), updates * 4, updates);
    }
}
