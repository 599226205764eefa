using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Partitioning;

namespace Sheaf.Grains.Tests;

/// <summary>Rows without devices, dealt out by a population's partition.</summary>
[Collection(Clusters.Name)]
public sealed class PartitionTests(SharedClusters shared)
{
    private const int Devices = 5;
    private const ulong Seed = 9;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableArray<string> Labels = ["greet", "part"];

    // Every third row parts.
    private static readonly ImmutableArray<Arrival> Rows =
        [.. Enumerable.Range(0, 60).Select(row => new Arrival("", row, Start.AddDays(row), $"row {row}", Labels[row % 3 / 2], false, row % 3 == 2 ? row / 3 : row - (row / 3)))];

    [Fact]
    public async Task Intake_BatchesOfAnySizeSentTwice_GiveEveryRowToTheDeviceOfThePartition()
    {
        var partition = new LabelDirichletPartitioner(0.5).Build([40, 20], Devices, Seed);
        var expected = Rows.GroupBy(row => partition.DeviceOf(Labels.IndexOf(row.Label), row.LabelOrdinal!.Value))
            .ToDictionary(group => group.Key, group => (group.LongCount(), (DateTimeOffset?)group.Min(row => row.Time), (DateTimeOffset?)group.Max(row => row.Time)));

        foreach (var batchRows in new[] { 60, 7 })
        {
            var name = $"dealt-{batchRows}";
            var population = shared.Three.Population(name);
            await population.RegisterAsync(Dealt("label-dirichlet"));
            foreach (var batch in Rows.Chunk(batchRows))
            {
                await population.IntakeAsync([.. batch]);
                await population.IntakeAsync([.. batch]);
            }

            var divergence = LabelSkew.MeanPairwiseJensenShannon(LabelSkew.CountsOf(partition, [40, 20]));
            Assert.Equal(new PopulationTotals(Devices, Devices, 60, 0, divergence), await population.SealAsync(Start.AddDays(60)));
            foreach (var (device, what) in expected)
            {
                var status = await shared.Three.Device(name, $"device-{device}").GetStatusAsync();
                Assert.Equal(what, (status.Activity, status.Oldest, status.Newest));
            }
        }
    }

    [Fact]
    public async Task Register_SamePartitionFromOtherArrays_IsTheSamePopulationAndAnotherIsNot()
    {
        var population = shared.Three.Population("dealt-again");
        await population.RegisterAsync(Dealt("zipf"));

        await population.RegisterAsync(Dealt("zipf"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => population.RegisterAsync(Dealt("iid")));
    }

    [Fact]
    public async Task Register_UnknownKind_IsRefusedAndNamesTheKnown()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => shared.Three.Population("dealt-wrong").RegisterAsync(Dealt("sorted")));

        Assert.StartsWith("There is no partition 'sorted'. Use iid or label-dirichlet or quantity-dirichlet or zipf.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Intake_RowWithoutItsPlace_IsRefused()
    {
        var population = shared.Three.Population("dealt-nowhere");
        await population.RegisterAsync(Dealt("iid"));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => population.IntakeAsync([Rows[3] with { LabelOrdinal = null }]));

        Assert.StartsWith("Row 3 has no place in its label", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_PartitionOfAGeneratedPopulation_IsRefused()
    {
        var spec = TinyStudy.Population() with { Partition = Dealt("iid").Partition };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => shared.Three.Population("dealt-generated").RegisterAsync(spec));

        Assert.StartsWith("A generated population has devices of its own.", error.Message, StringComparison.Ordinal);
    }

    private static PopulationSpec Dealt(string kind) => TinyStudy.Pushed() with
    {
        Partition = new PartitionSpec(kind, Devices, Alpha: 0.5, Beta: 5, Exponent: 1, Seed, [.. Labels], [40, 20]),
    };
}
