using System.Diagnostics;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Tests.Snapshots;

/// <summary>
/// A cluster of three silos in the middle of round 2: one silo, not the coordinator's, has merged its slice, and that is stored; the others stand still
/// in their training. No further snapshot is taken unless the clock is moved on.
/// </summary>
internal sealed class StoredRound : IAsyncDisposable
{
    public const ulong Seed = SharedClusters.ReferenceSeed;
    public const string Task = "stored";
    public const int Round = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly string[] Ids = [.. Enumerable.Range(0, TinyStudy.Devices).Select(id => $"{id}")];

    private static readonly Lazy<Task<string[]>> Cohort = new(DrawAsync);

    private List<(string Silo, GateClosing Gate)> _closings = [];

    private StoredRound(SheafCluster cluster) => Cluster = cluster;

    public SheafCluster Cluster { get; }

    /// <summary>The coordinator's silo.</summary>
    public string Coordinator { get; private set; } = "";

    /// <summary>The silo whose sum is stored.</summary>
    public string Free { get; private set; } = "";

    /// <summary>The devices whose updates are stored.</summary>
    public string[] Durable { get; private set; } = [];

    /// <summary>The same, but that the silo's sum is not stored yet.</summary>
    public static Task<StoredRound> StartUnstoredAsync() => StartAsync(null, isStored: false);

    public static Task<StoredRound> StartAsync(Action<SheafCluster>? prepare = null) => StartAsync(prepare, isStored: true);

    private static async Task<StoredRound> StartAsync(Action<SheafCluster>? prepare, bool isStored)
    {
        var clock = new SteppedClock();
        var cluster = await StartClusterAsync(clock);
        var round = new StoredRound(cluster);
        prepare?.Invoke(cluster);
        round._closings = [.. cluster.Silos.Select(silo => (silo.Name, cluster.Gate.Close(Seed, Round, silo.Name)))];
        var spec = TinyStudy.Task(Task, Seed);
        await cluster.StartTaskAsync(Task, spec with { Plan = spec.Plan with { Deadline = TimeSpan.FromDays(1) } });
        await System.Threading.Tasks.Task.WhenAny(round._closings.Select(closing => closing.Gate.ReachedAsync())).Unwrap();
        round.Coordinator = Assert.Single(await cluster.ActivationsAsync<RoundCoordinatorGrain>()).Silo;
        var others = round._closings.Where(closing => closing.Silo != round.Coordinator).ToArray();
        var first = await System.Threading.Tasks.Task.WhenAny(others.Select(closing => closing.Gate.ReachedAsync())).Unwrap();
        round.Free = first.Silo;
        round.Durable = [.. Ids.Where(first.Has)];
        others.Single(closing => closing.Silo == first.Silo).Gate.Open();
        await SheafCluster.UntilAsync("the free silo has merged its slice", () => System.Threading.Tasks.Task.FromResult(round.Sums().Any()));
        if (isStored)
        {
            await round.StoreAsync(clock);
        }

        return round;
    }

    /// <summary>Starts silos of which each has devices of the round's cohort: where shards live goes by the addresses of silos, which are new every time.</summary>
    private static async Task<SheafCluster> StartClusterAsync(SteppedClock clock)
    {
        var cohort = await Cohort.Value;
        while (true)
        {
            var cluster = await SheafCluster.StartAsync(3, clock: clock, snapshots: Interval);
            if (cohort.Select(device => HomeOf(cluster, device)).Distinct().Count() == cluster.Silos.Count)
            {
                return cluster;
            }

            await cluster.DisposeAsync();
        }
    }

    private static SiloAddress HomeOf(SheafCluster cluster, string device)
    {
        var shard = cluster.Grains.GetGrain<IActivityShard>(ShardKey.Of(Task, DevicePosition.ShardOf(DevicePosition.Of(device), TinyStudy.Shards)));
        return RendezvousPlacementDirector.Home(shard.GetGrainId().ToString(), cluster.Silos.Select(silo => silo.SiloAddress));
    }

    // Who takes part in a round does not depend on the silos.
    private static async Task<string[]> DrawAsync()
    {
        await using var cluster = await SheafCluster.StartAsync(1);
        await cluster.RunAsync(Task, TinyStudy.Task(Task, Seed));
        return [.. (await cluster.CohortAsync(Task, Round)).Devices];
    }

    /// <summary>Has the coordinator leave, in whatever way, in the middle of the round; what stood still is let go and counts no more, and whatever trains
    /// in the round on other silos from then on stands still.</summary>
    private async Task LoseCoordinatorAsync(Func<Task> leave)
    {
        var again = Cluster.Silos.Where(silo => silo.Name != Coordinator).Select(silo => (silo.Name, Cluster.Gate.Close(Seed, Round, silo.Name))).ToArray();
        var sessions = Cluster.Silos.SelectMany(silo => Enumerable.Range(0, 3)
            .Select(slice => Cluster.Service<SliceSessions>(silo.SiloAddress).Find(new SliceKey(Task, 1, Round, SliceKind.Train, slice, 1))))
            .OfType<SliceSession>().ToArray();
        Assert.NotEmpty(sessions);
        var leaving = leave();
        await SheafCluster.UntilAsync("the coordinator's attempts are aborted", () => System.Threading.Tasks.Task.FromResult(
            sessions.All(session => session.Aborted.IsCancellationRequested)));
        Open();
        _closings.AddRange(again);
        await leaving;
    }

    /// <summary>Has the coordinator leave its silo, which stays.</summary>
    public Task MoveCoordinatorAsync() => LoseCoordinatorAsync(() => Cluster.SleepAsync(Cluster.Coordinator(Task)));

    /// <summary>Waits until a coordinator of another epoch has taken the round over.</summary>
    public Task TakenOverAsync(int epoch) => SheafCluster.UntilAsync("the round is taken over", async () =>
        await Cluster.Fence(Task).EnsureRunningAsync() && (await Cluster.SnapshotAsync(Task))?.Epoch == epoch);

    /// <summary>Kills the coordinator's silo.</summary>
    public Task KillCoordinatorAsync() => LoseCoordinatorAsync(() => Cluster.KillAsync(Coordinator));

    public Task<EraseReceipt> EraseAsync(string id) => Cluster.Device(Task, id).EraseAsync(EraseSpec.All);

    /// <summary>Lets all go on that stand still.</summary>
    public void Open() => _closings.ForEach(closing => closing.Gate.Open());

    /// <summary>Lets all go on, and waits for the end of the task.</summary>
    public async Task<RoundRecord[]> EndAsync()
    {
        Open();
        var progress = await Cluster.EndAsync(Task);
        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        Assert.Empty(Cluster.RowsOfSnapshots(Task));
        return [.. progress.Records];
    }

    /// <summary>How often a device trained in the round.</summary>
    public int TimesOf(string id) => Cluster.Gate.BatchesOf(Seed).Count(batch => batch.Round == Round && batch.Has(id));

    /// <summary>Every round must end where a loop without grains ends that never sees the erased device from the round on.</summary>
    public async Task AssertWithoutAsync(string id, IEnumerable<RoundRecord> records)
    {
        var loop = new BareLoop(Seed);
        foreach (var record in records)
        {
            var ledger = await Cluster.CohortAsync(Task, record.Round);
            Assert.False(record.Round > Round && ledger.Devices.Contains(id));
            Assert.Equal((record.Round == Round ? 1 : 0, record.Round < Round), (record.Outcomes.Erased, record.Repeatable));
            Assert.Equal(loop.Round(record.Round, ledger.Devices.Where(device => record.Round < Round || device != id)), record.Checkpoint);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Open();
        await Cluster.DisposeAsync();
    }

    private async Task StoreAsync(SteppedClock clock)
    {
        // The silo may have merged its slice before the coordinator knows of it: then the next snapshot has it.
        var since = Stopwatch.StartNew();
        clock.Advance(Interval);
        await SheafCluster.UntilAsync("it is stored", async () =>
        {
            if (since.Elapsed > TimeSpan.FromSeconds(1))
            {
                since.Restart();
                clock.Advance(Interval);
            }

            return (await Cluster.SnapshotAsync(Task))?.Stored.Length == 1;
        });
    }

    // A sum that holds exactly one slice, whichever it is, is that of the silo that was let through.
    private IEnumerable<int> Sums() => Enumerable.Range(0, 3).Where(slice => Cluster.Service<SiloSums>(Cluster.AddressOf(Free))
        .Find(new RoundKey(Task, 1, Round), 1, new Dictionary<int, int> { [slice] = 1 }) is not null);
}
