using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Tests;

/// <summary>What is left of a device's data after an erase, and that nothing brings it back.</summary>
[Collection(Clusters.Name)]
public sealed class ErasedDataTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private SheafCluster Cluster => shared.Three;

    [Fact]
    public async Task EraseAll_PushedDevice_LeavesNoTextInItsRowAndKeepsTheReceipt()
    {
        var population = Cluster.Population("erased");
        await population.RegisterAsync(TinyStudy.Pushed(heldOut: 0.4));
        var rows = Enumerable.Range(0, 20).Select(row => new Arrival("ann", row, Start, $"a secret numbered {row:D4}", "greet", null)).ToArray();
        await population.IntakeAsync([.. rows]);
        await population.IntakeAsync([new Arrival("bob", 20, Start, "bob's own words", "greet", false)]);
        await population.SealAsync(Start);
        Assert.All(rows, row => Assert.True(IsStored("erased/ann", row.Text)));

        var receipt = await Cluster.Device("erased", "ann").EraseAsync(EraseSpec.All);

        Assert.Equal(20, receipt.Examples);
        Assert.All(rows, row => Assert.False(IsStored("erased/ann", row.Text)));
        Assert.True(IsStored("erased/bob", "bob's own words"));
        await AssertEmptyAsync("erased", "ann", receipt);

        // The client sends the delivery again, and ends it again.
        await population.IntakeAsync([.. rows]);
        Assert.Equal(new PopulationTotals(1, 1, 1, 0), await population.SealAsync(Start.AddDays(1)));
        await AssertEmptyAsync("erased", "ann", receipt);
        // What is remembered is in storage, not only in memory.
        await Cluster.SleepAsync(Cluster.Device("erased", "ann"));
        await AssertEmptyAsync("erased", "ann", receipt);
    }

    [Fact]
    public async Task EraseAll_Twice_RemovesNothingMoreAndKeepsTheFirstReceipt()
    {
        var population = Cluster.Population("erased-twice");
        await population.RegisterAsync(TinyStudy.Pushed());
        await population.IntakeAsync([new Arrival("ann", 0, Start, "once", "greet", false)]);
        await population.SealAsync(Start);
        var first = await Cluster.Device("erased-twice", "ann").EraseAsync(EraseSpec.All);
        var second = await Cluster.Device("erased-twice", "ann").EraseAsync(EraseSpec.All);

        Assert.Equal((1, 0), (first.Examples, second.Examples));
        await AssertEmptyAsync("erased-twice", "ann", first);
    }

    [Fact]
    public async Task EraseAll_GeneratedDevice_IsNeverPulledAgain()
    {
        const string name = "erased-generated";
        var population = Cluster.Population(name);
        await population.RegisterAsync(TinyStudy.Population());
        await population.SealAsync(default);
        // The most active device of all: a draw by activity would hardly miss it.
        var id = Enumerable.Range(0, TinyStudy.Devices).MaxBy(device => TinyStudy.Generator.ActivityOf(device, 0));

        var receipt = await Cluster.Device(name, $"{id}").EraseAsync(EraseSpec.All);

        var after = await population.SealAsync(default);
        var all = await Cluster.RegisterAsync($"{name}-whole");
        var lost = TinyStudy.Generator.ExamplesOf(id, 0).Count(example => !example.IsHeldOut);
        Assert.True(lost > 0);
        Assert.Equal(all.Examples - lost, after.Examples);
        await Cluster.RunAsync(name, TinyStudy.Task(name, 701));
        Assert.DoesNotContain(Cluster.Gate.BatchesOf(701), batch => batch.Has($"{id}"));
        await AssertEmptyAsync(name, $"{id}", receipt);

        // Not even a slice that has it, from before the erase, gets it to pull: another device that is asked the same does.
        await ContributeAsync(name, $"{id}");
        await AssertEmptyAsync(name, $"{id}", receipt);
        await ContributeAsync($"{name}-whole", $"{id}");
        Assert.Equal(lost, (await Cluster.Device($"{name}-whole", $"{id}").GetStatusAsync()).Activity);

        // The shard remembers it too, asleep or awake.
        var shard = DevicePosition.ShardOf(DevicePosition.OfIndex((ulong)id), TinyStudy.Shards);
        await Cluster.SleepAsync(Cluster.Grains.GetGrain<IActivityShard>(ShardKey.Of(name, shard)));
        var draw = new CohortDraw(Cluster.Grains, name, TinyStudy.Shards, DrawBasis.Current);
        var everyone = await draw.DrawAsync(
            new SelectionSpec { Weights = new UniformWeights(), Cohort = TinyStudy.Devices }, 701, 9, SelectionPurposes.Training);
        Assert.DoesNotContain(everyone, device => device.DeviceId == $"{id}");
        Assert.Equal(after.ActiveDevices, everyone.Length);
    }

    private async Task ContributeAsync(string population, string id)
    {
        var device = Cluster.Grains.GetGrain<IDeviceWork>(DeviceKey.Of(population, id));
        await Cluster.Device(population, id).GetStatusAsync();
        var silo = (await Cluster.ActivationsAsync<DeviceGrain>()).Single(awake => awake.Key == DeviceKey.Of(population, id)).Silo;
        var call = new ContributionCall(new SliceKey("over", 1, 1, SliceKind.Train, 0, 1), 0, Cluster.AddressOf(silo), new PopulationMoment(0, Start, true));
        Assert.Equal(ContributionAnswer.SessionOver, await device.ContributeAsync(call));
    }

    private bool IsStored(string device, string text) => DatabaseRows.Contains(Assert.Single(DatabaseRows.PayloadsOf(Cluster.DatabaseFile, device)), text);

    private async Task AssertEmptyAsync(string population, string id, EraseReceipt receipt)
    {
        var status = await Cluster.Device(population, id).GetStatusAsync();
        Assert.Equal((0, 0, null, null), (status.Activity, status.HeldOut, status.Oldest, status.Newest));
        Assert.Equal((receipt.Examples, receipt.LogicallyErasedAt), (status.Receipts[0].Examples, status.Receipts[0].LogicallyErasedAt));
    }
}
