using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Tests;

/// <summary>Erasing a device while a round is under way.</summary>
[Collection(Clusters.Name)]
public sealed class EraseTests(SharedClusters shared)
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, TinyStudy.Devices).Select(id => $"{id}")];

    [Fact]
    public async Task EraseAll_WhileTheDeviceTrains_RunsTheRoundAgainWithoutIt()
    {
        const ulong Seed = 101;
        var cluster = shared.One;
        using var gate = cluster.Gate.Close(Seed, round: 2);
        await cluster.StartTaskAsync("erase-mid", TinyStudy.Task("erase-mid", Seed));
        var batch = await gate.ReachedAsync();
        var id = Ids.First(batch.Has);
        var device = cluster.Device("erase-mid", id);
        var examples = batch.Devices.Single(work => work.Position == DevicePosition.Of(id)).Examples;
        var held = await device.GetStatusAsync();
        Assert.Equal(held.Activity, examples.Count);
        Assert.Contains(examples.Tokens, token => token != 0);

        var erase = device.EraseAsync(EraseSpec.All);
        await SessionAbortedAsync(cluster, new SliceKey("erase-mid", 1, 2, SliceKind.Train, 0, 1));
        Assert.Equal((0, 0), await CountsAsync(device));
        Assert.False(erase.IsCompleted, "The erase returned while a lane still held the device's examples.");
        gate.Open();
        var receipt = await erase;

        Assert.All(examples.Tokens, token => Assert.Equal(0, token));
        Assert.All(examples.Labels, label => Assert.Equal(0, label));
        Assert.Equal(held.Activity + held.HeldOut, receipt.Examples);
        Assert.Equal(new EraseFence("erase-mid", 2, EraseFenceOutcome.TakenOut), Assert.Single(receipt.InFlight));
        var progress = await cluster.EndAsync("erase-mid");
        await AssertRoundsAsync(cluster, "erase-mid", Seed, progress.Records, disturbedFrom: 2, erasedIn: 2, id);
        Assert.Equal(2, progress.Records[1].Attempts);
    }

    [Fact]
    public async Task EraseAll_DeviceOutsideTheCohort_RunsNothingAgain()
    {
        const ulong Seed = 102;
        var cluster = shared.One;
        using var gate = cluster.Gate.Close(Seed, round: 3);
        await cluster.StartTaskAsync("erase-outside", TinyStudy.Task("erase-outside", Seed));
        var batch = await gate.ReachedAsync();
        var id = Ids.First(id => !batch.Has(id));

        // The round stands still at the gate: the erase has nothing to wait for.
        var receipt = await cluster.Device("erase-outside", id).EraseAsync(EraseSpec.All);

        Assert.True(receipt.Examples > 0);
        Assert.Empty(receipt.InFlight);
        var fence = await cluster.Fence("erase-outside").FenceAsync(id);
        Assert.Equal(new EraseFence("erase-outside", 3, EraseFenceOutcome.NotInCohort), fence);
        gate.Open();
        var record = (await cluster.EndAsync("erase-outside")).Records[2];
        Assert.Equal((1, 0, TinyStudy.Cohort), (record.Attempts, record.Outcomes.Erased, record.Outcomes.Trained));
        Assert.Single(cluster.Gate.BatchesOf(Seed), trained => trained.Round == 3);
    }

    [Fact]
    public async Task EraseAll_AfterTheSliceWasMerged_MakesThatSilosSumAgain()
    {
        const ulong Seed = 103;
        var cluster = shared.Three;
        // All silos but one stand still in round 1; the free one merges its slice.
        var closings = cluster.Silos.Select(silo => (silo.Name, Gate: cluster.Gate.Close(Seed, 1, silo.Name))).ToList();
        try
        {
            await cluster.StartTaskAsync("erase-merged", TinyStudy.Task("erase-merged", Seed));
            var first = await Task.WhenAny(closings.Select(closing => closing.Gate.ReachedAsync())).Unwrap();
            var free = first.Silo;
            closings.Single(closing => closing.Name == free).Gate.Open();
            await MergedAsync(cluster, cluster.AddressOf(free), new RoundKey("erase-merged", 1, 1));
            var id = Ids.First(first.Has);

            // The others are still at their gates.
            var receipt = await cluster.Device("erase-merged", id).EraseAsync(EraseSpec.All);
            Assert.Equal(new EraseFence("erase-merged", 1, EraseFenceOutcome.TakenOut), Assert.Single(receipt.InFlight));
            closings.ForEach(closing => closing.Gate.Open());

            var progress = await cluster.EndAsync("erase-merged");
            await AssertRoundsAsync(cluster, "erase-merged", Seed, progress.Records, disturbedFrom: 1, erasedIn: 1, id);
            // Of a slice whose only device is erased nothing is left to train.
            var attempts = first.Devices.Length > 1 ? 2 : 1;
            Assert.Equal(attempts, cluster.Gate.BatchesOf(Seed).Count(batch => batch.Round == 1 && batch.Silo == free));
            Assert.All(
                closings.Where(closing => closing.Name != free),
                closing => Assert.InRange(cluster.Gate.BatchesOf(Seed).Count(batch => batch.Round == 1 && batch.Silo == closing.Name), 0, 1));
        }
        finally
        {
            closings.ForEach(closing => closing.Gate.Dispose());
        }
    }

    [Fact]
    public async Task EraseAll_WhileTheCommitIsUnderWay_WaitsAndNamesTheRound()
    {
        const ulong Seed = 104;
        var cluster = shared.One;
        using var hold = cluster.Commits.Hold("erase-commit", round: 2);
        await cluster.StartTaskAsync("erase-commit", TinyStudy.Task("erase-commit", Seed));
        await hold.ReachedAsync();
        var id = Ids.First(id => cluster.Gate.BatchesOf(Seed).Any(batch => batch.Round == 2 && batch.Has(id)));
        var device = cluster.Device("erase-commit", id);

        var erase = device.EraseAsync(EraseSpec.All);
        await SheafCluster.UntilAsync("the device is empty", async () => await CountsAsync(device) == (0, 0));
        await cluster.Calls.BegunAsync(nameof(IRoundFence.FenceAsync), "erase-commit");
        Assert.False(erase.IsCompleted, "The erase returned while the commit was under way.");
        hold.Release();
        var receipt = await erase;

        Assert.Equal(new EraseFence("erase-commit", 2, EraseFenceOutcome.Committed), Assert.Single(receipt.InFlight));
        var progress = await cluster.EndAsync("erase-commit");
        await AssertRoundsAsync(cluster, "erase-commit", Seed, progress.Records, disturbedFrom: 2, erasedIn: null, id: null);
        Assert.DoesNotContain(cluster.Gate.BatchesOf(Seed), batch => batch.Round == 3 && batch.Has(id));
    }

    [Fact]
    public async Task GetStatus_WhileTheDeviceTrains_Answers()
    {
        const ulong Seed = 105;
        var cluster = shared.One;
        using var gate = cluster.Gate.Close(Seed, round: 1);
        await cluster.StartTaskAsync("status-mid", TinyStudy.Task("status-mid", Seed));
        var batch = await gate.ReachedAsync();

        foreach (var id in Ids.Where(batch.Has))
        {
            var status = await cluster.Device("status-mid", id).GetStatusAsync();
            Assert.Equal(batch.Devices.Single(work => work.Position == DevicePosition.Of(id)).Examples.Count, status.Activity);
        }

        var progress = await cluster.Coordinator("status-mid").GetProgressAsync(0);
        Assert.Equal((TaskRunStatus.Running, 1, RoundPhase.Train), (progress.Status, progress.Round, progress.Phase));
        gate.Open();
        Assert.Equal(TaskRunStatus.Completed, (await cluster.EndAsync("status-mid")).Status);
    }

    private static async Task<(int Activity, int HeldOut)> CountsAsync(IDevice device)
    {
        var status = await device.GetStatusAsync();
        return (status.Activity, status.HeldOut);
    }

    private static Task SessionAbortedAsync(SheafCluster cluster, SliceKey slice)
    {
        var session = cluster.Service<SliceSessions>(cluster.Silos[0].SiloAddress).Find(slice);
        Assert.NotNull(session);
        return SheafCluster.UntilAsync("the attempt is aborted", () => Task.FromResult(session.Aborted.IsCancellationRequested));
    }

    // A sum that holds exactly one slice, whichever it is, is that of the silo that was let through.
    private static Task MergedAsync(SheafCluster cluster, SiloAddress silo, RoundKey round) => SheafCluster.UntilAsync(
        "the free silo has merged its slice",
        () => Task.FromResult(Enumerable.Range(0, 3).Any(slice =>
            cluster.Service<SiloSums>(silo).Find(round, 1, new Dictionary<int, int> { [slice] = 1 }) is not null)));

    /// <summary>
    /// Every round must end where a loop without grains ends, which never sees the erased device from its round on; and from the erase on,
    /// study and seed do not say alone what happens.
    /// </summary>
    private static async Task AssertRoundsAsync(
        SheafCluster cluster, string task, ulong seed, IEnumerable<RoundRecord> records, int disturbedFrom, int? erasedIn, string? id)
    {
        var loop = new BareLoop(seed);
        foreach (var record in records)
        {
            var ledger = await cluster.CohortAsync(task, record.Round);
            var isErased = record.Round == erasedIn;
            Assert.Equal(isErased ? 1 : 0, record.Outcomes.Erased);
            Assert.Equal(record.Round < disturbedFrom, record.Repeatable);
            var trained = ledger.Devices.Where(device => !isErased || device != id).ToArray();
            Assert.Equal(trained, TrainedOf(ledger));
            Assert.Equal(loop.Round(record.Round, trained), record.Checkpoint);
            if (record.Round > erasedIn)
            {
                Assert.DoesNotContain(id, ledger.Devices);
            }
        }
    }

    private static string[] TrainedOf(CohortLedger ledger) =>
        [.. ledger.Devices.Where((_, at) => (ledger.Trained[at / 8] & (1 << (at % 8))) != 0)];
}
