using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Erasures;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Erasures;

/// <summary>An erase that fails half-way is finished by calling again, and by the log.</summary>
[Collection(Clusters.Name)]
public sealed class InterruptedEraseTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private SheafCluster Cluster => shared.One;

    [Theory]
    [InlineData("device", 0)]
    [InlineData(nameof(IActivityShard.NoteAsync), 0)]
    [InlineData("shard", 0)]
    [InlineData(nameof(IRoundFence.FenceAsync), 0)]
    [InlineData(Faults.Cleaning, 0)]
    [InlineData(nameof(Abstractions.Tasks.IRoundCoordinator.GetRoundsOfAsync), 0)]
    [InlineData("device", 1)]
    public async Task Erase_StepFails_IsFinishedWhenItIsCalledAgain(string step, int after)
    {
        var name = await PushAsync($"again-{step}-{after}");
        await FailAsync(name, step, after);

        var receipt = await Cluster.Device(name, "ann").EraseAsync(EraseSpec.All);

        Assert.Equal(5, receipt.Examples);
        Assert.Equal(receipt.Number, Assert.Single(await AssertGoneAsync(name)).Number);
        Assert.Equal(0, Cluster.Faults.Waiting);
    }

    [Theory]
    [InlineData("device", 0)]
    [InlineData(nameof(IActivityShard.NoteAsync), 0)]
    [InlineData(nameof(IRoundFence.FenceAsync), 0)]
    [InlineData(Faults.Cleaning, 0)]
    [InlineData("device", 1)]
    public async Task Erase_StepFails_IsFinishedByTheLog(string step, int after)
    {
        var name = await PushAsync($"log-{step}-{after}");
        await FailAsync(name, step, after);
        Assert.Contains(name, await Log.GetUnappliedAsync());

        await Log.ReapplyAsync(name);

        Assert.DoesNotContain(name, await Log.GetUnappliedAsync());
        Assert.Equal(5, Assert.Single(await AssertGoneAsync(name)).Examples);
    }

    [Fact]
    public async Task Erase_OtherScopeAfterAFailedOne_FinishesBoth()
    {
        var name = await PushAsync("both");
        Cluster.Faults.FailOnce(Faults.Cleaning, "");
        await Assert.ThrowsAnyAsync<Exception>(() => Cluster.Device(name, "ann").EraseAsync(new EraseSpec(Ids: [1, 2])));

        var receipt = await Cluster.Device(name, "ann").EraseAsync(EraseSpec.All);

        Assert.Equal(3, receipt.Examples);
        Assert.Equal([2, 3], (await AssertGoneAsync(name)).Select(each => each.Examples));
    }

    [Fact]
    public async Task Erase_LogCannotStoreHowFarItIs_SucceedsAndTheLogCatchesUp()
    {
        var name = await PushAsync("behind");
        Cluster.Faults.FailOnce("erasures", "");

        var receipt = await Cluster.Device(name, "ann").EraseAsync(EraseSpec.All);

        Assert.Equal((5, 0), (receipt.Examples, Cluster.Faults.Waiting));
        await Log.ReapplyAsync(name);
        Assert.Equal(receipt.Number, Assert.Single(await AssertGoneAsync(name)).Number);
    }

    [Fact]
    public async Task Reapply_OneDeviceFails_AppliesTheOthersAndSaysSo()
    {
        var name = await PushAsync("one-fails");
        await Cluster.Population(name).IntakeAsync([new Arrival("bob", 9, Start, "what bob said", "play", false)]);
        foreach (var id in new[] { "ann", "bob" })
        {
            Cluster.Faults.FailOnce("device", $"{name}/{id}");
            await Assert.ThrowsAnyAsync<Exception>(() => Cluster.Device(name, id).EraseAsync(EraseSpec.All));
        }

        Cluster.Faults.FailOnce("device", $"{name}/ann");
        await Assert.ThrowsAnyAsync<Exception>(() => Log.ReapplyAsync(name));

        Assert.Equal(1, Assert.Single((await Cluster.Device(name, "bob").GetStatusAsync()).Receipts).Examples);
        Assert.Equal(5, (await Cluster.Device(name, "ann").GetStatusAsync()).Activity);
        await Log.ReapplyAsync(name);
        await AssertGoneAsync(name);
    }

    [Fact]
    public async Task Reapply_NumberOfAnotherErasuresReceipt_AppliesItAndLaterOnesGetHigherNumbers()
    {
        const long Number = 1_000_000;
        var name = await PushAsync("used-number");
        var erasure = new Erasure(name, "ann", new EraseSpec(Ids: [1, 2]), 4, IsWithdrawal: false, Start);
        var device = Cluster.Grains.GetGrain<IDeviceErasure>(DeviceKey.Of(name, "ann"));
        await device.ReapplyAsync(Number, erasure);

        await device.ReapplyAsync(Number, erasure);
        await device.ReapplyAsync(Number, erasure with { Scope = new EraseSpec(Ids: [3]) });
        var later = await Cluster.Device(name, "ann").EraseAsync(EraseSpec.All);

        Assert.Equal(2, later.Examples);
        Assert.True(later.Number > Number, $"The erasure has the number {later.Number}, which is a receipt's.");
        Assert.Equal([2, 1, 2], (await AssertGoneAsync(name)).Select(receipt => receipt.Examples));
    }

    private IErasureLog Log => Cluster.Grains.GetGrain<IErasureLog>(0);

    private async Task<string> PushAsync(string name)
    {
        name = $"interrupted-{name.ToLowerInvariant()}";
        await Cluster.Population(name).RegisterAsync(TinyStudy.Pushed());
        await Cluster.Population(name).IntakeAsync(
            [.. Enumerable.Range(0, 5).Select(row => new Arrival("ann", row, Start.AddHours(row), $"what ann said {row}", "play", false))]);
        await Cluster.Population(name).SealAsync(Start.AddHours(4));
        // A task that has not begun: erases ask it all the same.
        await Cluster.TasksOf(name).AttachAsync($"{name}-task");
        return name;
    }

    private async Task FailAsync(string name, string step, int after)
    {
        if (after > 0)
        {
            // The device writes once that the examples are gone, and once the receipt: between the two the fence is asked.
            Cluster.Faults.FailOnce(nameof(IRoundFence.FenceAsync), $"{name}-task");
            await Assert.ThrowsAnyAsync<Exception>(() => Cluster.Device(name, "ann").EraseAsync(EraseSpec.All));
        }

        Cluster.Faults.FailOnce(step, step == Faults.Cleaning ? "" : name);
        await Assert.ThrowsAnyAsync<Exception>(() => Cluster.Device(name, "ann").EraseAsync(EraseSpec.All));
        Assert.Equal(0, Cluster.Faults.Waiting);
    }

    private async Task<IReadOnlyList<EraseReceipt>> AssertGoneAsync(string name)
    {
        var status = await Cluster.Device(name, "ann").GetStatusAsync();
        Assert.Equal((0, 0L), (status.Activity, (await Cluster.Population(name).GetTotalsAsync()).Examples));
        Assert.False(DatabaseRows.Contains(Assert.Single(DatabaseRows.PayloadsOf(Cluster.DatabaseFile, $"{name}/ann")), "what ann said"));
        return status.Receipts;
    }
}
