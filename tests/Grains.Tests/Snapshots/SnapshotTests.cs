using Sheaf.Abstractions.Devices;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Snapshots;

/// <summary>What is stored of a round under way outlives silos and coordinators, and no erase.</summary>
[Collection(Clusters.Name)]
public sealed class SnapshotTests(SharedClusters shared)
{
    [Fact]
    public async Task Silo_DiesAfterASnapshot_WhatIsStoredIsNotTrainedAgain()
    {
        await using var round = await StoredRound.StartAsync();

        await round.Cluster.KillAsync(round.Free);
        var records = await round.EndAsync();

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        Assert.All(round.Durable, id => Assert.Equal(1, round.TimesOf(id)));
    }

    [Fact]
    public async Task Coordinator_DiesAfterASnapshot_TheNextOneGoesOnWithWhatIsStored()
    {
        await using var round = await StoredRound.StartAsync();

        await round.KillCoordinatorAsync();
        var records = await round.EndAsync();

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        Assert.All(round.Durable, id => Assert.Equal(1, round.TimesOf(id)));
        Assert.Equal(2, records[StoredRound.Round - 1].Attempts);
        var ledger = await round.Cluster.CohortAsync(StoredRound.Task, StoredRound.Round);
        Assert.All(ledger.Devices.Except(round.Durable), id => Assert.True(round.TimesOf(id) >= 2));
    }

    [Fact]
    public async Task Coordinator_MovesTwice_WhatIsStoredIsKept()
    {
        await using var round = await StoredRound.StartAsync();

        await round.MoveCoordinatorAsync();
        await round.TakenOverAsync(epoch: 2);
        var sleeping = round.Cluster.SleepAsync(round.Cluster.Coordinator(StoredRound.Task));
        round.Open();
        await sleeping;
        await round.Cluster.Fence(StoredRound.Task).EnsureRunningAsync();
        var records = await round.EndAsync();

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        Assert.All(round.Durable, id => Assert.Equal(1, round.TimesOf(id)));
    }

    [Fact]
    public async Task Coordinator_FailsWhileItTakesOver_WhatIsStoredIsKept()
    {
        await using var round = await StoredRound.StartAsync();
        round.Cluster.Faults.FailOnce(nameof(ISiloSum.RetireAsync), $"{StoredRound.Task}/2/");

        await round.MoveCoordinatorAsync();
        await round.TakenOverAsync(epoch: 3);
        var records = await round.EndAsync();

        Assert.Equal(0, round.Cluster.Faults.Waiting);
        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        Assert.All(round.Durable, id => Assert.Equal(1, round.TimesOf(id)));
    }

    [Fact]
    public async Task StoreSums_BeforeASnapshotIsDue_StoresWhatIsMerged()
    {
        await using var round = await StoredRound.StartUnstoredAsync();
        // The silo may have merged its slice before the coordinator knows of it.
        await SheafCluster.UntilAsync("it is stored", async () =>
        {
            await round.Cluster.Fence(StoredRound.Task).StoreSumsAsync();
            return (await round.Cluster.SnapshotAsync(StoredRound.Task))?.Stored.Length == 1;
        });

        await round.Cluster.KillAsync(round.Free);
        var records = await round.EndAsync();

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        Assert.All(round.Durable, id => Assert.Equal(1, round.TimesOf(id)));
    }

    [Fact]
    public async Task Silo_Leaves_HasItsTasksStoreTheirSumsFirst()
    {
        await using var round = await StoredRound.StartUnstoredAsync();

        await round.Cluster.StopAsync(round.Free);

        Assert.Equal([StoredRound.Task], round.Cluster.Calls.KeysOf(nameof(IRoundFence.StoreSumsAsync), StoredRound.Task));
        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(await round.EndAsync()));
    }

    [Fact]
    public async Task CoordinatorsSilo_Leaves_HasItsTasksStoreTheirSumsFirst()
    {
        await using var round = await StoredRound.StartUnstoredAsync();

        var leaving = round.Cluster.StopAsync(round.Coordinator);
        await round.Cluster.Calls.BegunAsync(nameof(IRoundFence.StoreSumsAsync), StoredRound.Task);
        round.Open();
        await leaving;

        Assert.Equal([StoredRound.Task], round.Cluster.Calls.KeysOf(nameof(IRoundFence.StoreSumsAsync), StoredRound.Task));
        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(await round.EndAsync()));
    }

    [Fact]
    public async Task Snapshot_CannotBeStored_TheRoundGoesOn()
    {
        await using var round = await StoredRound.StartAsync(cluster => cluster.Faults.FailOnce(SnapshotRow.StateName, StoredRound.Task));

        Assert.Equal(0, round.Cluster.Faults.Waiting);
        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(await round.EndAsync()));
    }

    [Fact]
    public async Task Round_ShorterThanTheInterval_StoresNothing()
    {
        // Its clock stands still, so that no interval ever passes.
        await using var cluster = await SheafCluster.StartAsync(1, clock: new SteppedClock(), snapshots: TimeSpan.FromMinutes(1));

        await cluster.RunAsync("unstored-snapshot", TinyStudy.Task("unstored-snapshot", 901));

        Assert.DoesNotContain(cluster.Commits.WrittenOf("unstored-snapshot"), state => state == SnapshotRow.StateName || state.StartsWith("sum-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SiloDiesAndCoordinatorMoves_TheRoundIsTheSame()
    {
        await using var round = await StoredRound.StartAsync();

        await round.Cluster.KillAsync(round.Free);
        await round.MoveCoordinatorAsync();
        await round.TakenOverAsync(epoch: 2);
        var records = await round.EndAsync();

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        Assert.All(round.Durable, id => Assert.Equal(1, round.TimesOf(id)));
    }

    [Fact]
    public async Task StoredSum_GoneWhenItIsNeeded_ItsSlicesRunAgain()
    {
        await using var round = await StoredRound.StartAsync();
        var stored = Assert.Single((await round.Cluster.SnapshotAsync(StoredRound.Task))!.Stored);
        await round.Cluster.Service<StoredSums>(round.Cluster.AddressOf(round.Coordinator)).DeleteAsync(StoredRound.Task, [stored.Name], chunks: 1);

        await round.Cluster.KillAsync(round.Free);
        var records = await round.EndAsync();

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        Assert.All(round.Durable, id => Assert.Equal(2, round.TimesOf(id)));
    }

    [Fact]
    public async Task EraseAll_DeviceOfAStoredSum_TheSumIsGoneWhenItReturns()
    {
        await using var round = await StoredRound.StartAsync();
        Assert.Contains(round.Cluster.RowsOfSnapshots(StoredRound.Task), row => row.StartsWith("sum-", StringComparison.Ordinal));
        var id = round.Durable[0];

        var receipt = await round.EraseAsync(id);

        Assert.Equal(new EraseFence(StoredRound.Task, StoredRound.Round, EraseFenceOutcome.TakenOut), Assert.Single(receipt.InFlight));
        Assert.Equal([SnapshotRow.StateName], round.Cluster.RowsOfSnapshots(StoredRound.Task));
        Assert.Single((await round.Cluster.SnapshotAsync(StoredRound.Task))!.Erased);
        await round.AssertWithoutAsync(id, await round.EndAsync());
    }

    [Fact]
    public async Task EraseAll_ThenTheCoordinatorMoves_TheNextOneLeavesTheDeviceOut()
    {
        await using var round = await StoredRound.StartAsync();
        var id = round.Durable[0];
        await round.EraseAsync(id);

        await round.MoveCoordinatorAsync();
        await round.TakenOverAsync(epoch: 2);

        await round.AssertWithoutAsync(id, await round.EndAsync());
    }

    [Fact]
    public async Task EraseAll_BeforeTheTakeOver_WaitsAndTakesTheDeviceOut()
    {
        await using var round = await StoredRound.StartAsync();
        var id = round.Durable[0];
        var silo = round.Cluster.AddressOf(round.Free).ToParsableString();
        var next = new RoundKey(StoredRound.Task, 2, StoredRound.Round);
        var hold = round.Cluster.Calls.Hold(nameof(ISiloSum.RetireAsync), ISiloSum.KeyOf(next, silo, generation: 0));

        await round.MoveCoordinatorAsync();
        var erase = round.EraseAsync(id);
        await round.Cluster.Calls.BegunAsync(nameof(IRoundFence.FenceAsync), StoredRound.Task);
        Assert.False(erase.IsCompleted, "The erase returned before anybody had taken the round over.");
        hold.SetResult();
        var receipt = await erase;

        Assert.Equal(EraseFenceOutcome.TakenOut, Assert.Single(receipt.InFlight).Outcome);
        Assert.Equal([SnapshotRow.StateName], round.Cluster.RowsOfSnapshots(StoredRound.Task));
        await round.AssertWithoutAsync(id, await round.EndAsync());
    }

    [Fact]
    public async Task Commit_CannotBeStored_TheRoundGoesOnWithWhatIsStored()
    {
        await using var round = await StoredRound.StartAsync();
        using var hold = round.Cluster.Commits.Hold(StoredRound.Task, StoredRound.Round);
        hold.Fail(new IOException("the disk is full"));

        var records = await round.EndAsync();

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        var ledger = await round.Cluster.CohortAsync(StoredRound.Task, StoredRound.Round);
        Assert.All(ledger.Devices, id => Assert.Equal(round.Durable.Contains(id) ? 1 : 2, round.TimesOf(id)));
    }

    [Fact]
    public async Task EraseAll_WaitsForACommitThatComesToNothing_TheRoundIsMadeWithoutTheDevice()
    {
        await using var round = await StoredRound.StartAsync();
        var id = round.Durable[0];
        using var hold = round.Cluster.Commits.Hold(StoredRound.Task, StoredRound.Round);
        round.Open();
        await hold.ReachedAsync();

        var erase = round.EraseAsync(id);
        await round.Cluster.Calls.BegunAsync(nameof(IRoundFence.FenceAsync), StoredRound.Task);
        Assert.False(erase.IsCompleted, "The erase returned while the commit was under way.");
        hold.Fail(new IOException("the disk is full"));
        var receipt = await erase;

        Assert.Equal(EraseFenceOutcome.TakenOut, Assert.Single(receipt.InFlight).Outcome);
        await round.AssertWithoutAsync(id, await round.EndAsync());
    }

    [Fact]
    public async Task Cancel_AfterASnapshot_LeavesNothing()
    {
        await using var round = await StoredRound.StartAsync();

        var cancel = round.Cluster.Coordinator(StoredRound.Task).CancelAsync();
        round.Open();
        await cancel;

        Assert.Empty(round.Cluster.RowsOfSnapshots(StoredRound.Task));
    }
}
