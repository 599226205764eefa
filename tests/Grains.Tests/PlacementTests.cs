using Orleans.Runtime.Placement;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

[Collection(Clusters.Name)]
public sealed class PlacementTests(SharedClusters shared)
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, TinyStudy.Devices).Select(id => $"{id}")];

    [Fact]
    public async Task Shards_Woken_LiveWhereTheHashSays()
    {
        var cluster = shared.Three;
        await cluster.RegisterAsync("homes");
        var homes = (await cluster.ActivationsAsync<ActivityShardGrain>()).Where(shard => shard.Key.StartsWith("homes/", StringComparison.Ordinal)).ToArray();

        Assert.Equal(TinyStudy.Shards, homes.Length);
        Assert.All(homes, shard =>
        {
            var id = cluster.Grains.GetGrain<IActivityShard>(shard.Key).GetGrainId().ToString();
            Assert.Equal(cluster.NameOf(RendezvousPlacementDirector.Home(id, cluster.Silos.Select(silo => silo.SiloAddress))), shard.Silo);
        });
        Assert.True(homes.Select(shard => shard.Silo).Distinct().Count() > 1);
    }

    [Fact]
    public async Task Devices_MidTraining_LiveOnTheSiloThatTrainsThem()
    {
        const ulong Seed = 201;
        var cluster = shared.Three;
        await cluster.StartTaskAsync("local", TinyStudy.Task("local", Seed));
        await cluster.EndAsync("local");

        // Shards have not moved, so neither has any device: where it trained is where it lives.
        var batches = cluster.Gate.BatchesOf(Seed);
        var awake = (await cluster.ActivationsAsync<DeviceGrain>()).Where(device => device.Key.StartsWith("local/", StringComparison.Ordinal)).ToDictionary();
        var trained = Ids.Where(id => batches.Any(batch => batch.Has(id))).ToArray();
        Assert.All(trained, id => Assert.Equal([awake[$"local/{id}"]], batches.Where(batch => batch.Has(id)).Select(batch => batch.Silo).Distinct()));
        Assert.True(trained.Length >= TinyStudy.Cohort);
    }

    [Fact]
    public async Task Devices_AwakeOnAnotherSilo_MoveToTheirSlice()
    {
        var cluster = shared.Three;
        await cluster.RegisterAsync("moving");
        RequestContext.Set(IPlacementDirector.PlacementHintKey, cluster.Silos[0].SiloAddress);
        await Task.WhenAll(Ids.Select(id => cluster.Device("moving", id).GetStatusAsync()));
        RequestContext.Clear();
        var before = (await cluster.ActivationsAsync<DeviceGrain>()).Where(device => device.Key.StartsWith("moving/", StringComparison.Ordinal)).ToArray();
        Assert.All(before, device => Assert.Equal(cluster.Silos[0].Name, device.Silo));

        var records = await cluster.RunAsync("moving", TinyStudy.Task("moving", SharedClusters.ReferenceSeed));

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        var after = (await cluster.ActivationsAsync<DeviceGrain>()).Where(device => device.Key.StartsWith("moving/", StringComparison.Ordinal));
        Assert.Contains(after, device => device.Silo != cluster.Silos[0].Name);
    }

    [Fact]
    public async Task Aggregator_OneSiloHasAnAccelerator_LivesThereAndFallsBackWhenItGoes()
    {
        await using var cluster = await SheafCluster.StartAsync(3, acceleratedSilos: ["Silo_1"]);
        var seed = SharedClusters.ReferenceSeed;
        using var gate = cluster.Gate.Close(seed, round: 2);
        await cluster.StartTaskAsync("accelerated", TinyStudy.Task("accelerated", seed));
        await gate.ReachedAsync();
        Assert.Equal("Silo_1", Assert.Single(await cluster.ActivationsAsync<AggregatorGrain>()).Silo);

        var stopping = cluster.StopAsync("Silo_1");
        gate.Open();
        await stopping;

        var progress = await cluster.EndAsync("accelerated");
        Assert.Equal(TaskRunStatus.Completed, progress.Status);
        Assert.NotEqual("Silo_1", Assert.Single(await cluster.ActivationsAsync<AggregatorGrain>()).Silo);
        Assert.Equal(shared.Reference.Select(record => record.Checkpoint), progress.Records.Select(record => record.Checkpoint));
    }

    [Fact]
    public async Task Devices_PlanAsksForAccelerators_TrainOnTheSilosThatHaveOne()
    {
        await using var cluster = await SheafCluster.StartAsync(3, acceleratedSilos: ["Silo_0", "Silo_2"]);
        var seed = SharedClusters.ReferenceSeed;

        var records = await cluster.RunAsync("asking", Asking("asking", seed));

        var batches = cluster.Gate.BatchesOf(seed);
        Assert.All(batches, batch => Assert.True(batch.OnAccelerator));
        Assert.Equal(["Silo_0", "Silo_2"], batches.Select(batch => batch.Silo).Distinct().Order(StringComparer.Ordinal));
        var awake = (await cluster.ActivationsAsync<DeviceGrain>()).Where(device => device.Key.StartsWith("asking/", StringComparison.Ordinal));
        Assert.All(awake, device => Assert.NotEqual("Silo_1", device.Silo));
        // What stands for an accelerator here computes as the processor does, but nobody may rely on that.
        Assert.Equal(shared.Reference.Select(record => record.Checkpoint), records.Select(record => record.Checkpoint));
        Assert.All(records, record => Assert.False(record.Repeatable));
    }

    [Fact]
    public async Task Devices_AcceleratedSiloLeavesInARound_TrainOnTheOtherAndThenOnProcessors()
    {
        await using var cluster = await SheafCluster.StartAsync(3, acceleratedSilos: ["Silo_1", "Silo_2"]);
        var seed = SharedClusters.ReferenceSeed;
        using var second = cluster.Gate.Close(seed, round: 2, silo: "Silo_1");
        using var third = cluster.Gate.Close(seed, round: 3);
        await cluster.StartTaskAsync("leaving", Asking("leaving", seed));
        await second.ReachedAsync();
        var stopping = cluster.StopAsync("Silo_1");
        second.Open();
        await stopping;
        Assert.Equal("Silo_2", (await third.ReachedAsync()).Silo);
        stopping = cluster.StopAsync("Silo_2");
        third.Open();
        await stopping;

        var progress = await cluster.EndAsync("leaving");

        Assert.Equal(TaskRunStatus.Completed, progress.Status);
        Assert.Equal(shared.Reference.Select(record => record.Checkpoint), progress.Records.Select(record => record.Checkpoint));
        var last = cluster.Gate.BatchesOf(seed).Where(batch => batch.Round == 3).ToArray();
        Assert.All(last.Where(batch => batch.OnAccelerator), batch => Assert.Equal("Silo_2", batch.Silo));
        Assert.Contains(last, batch => batch is { Silo: "Silo_0", OnAccelerator: false });
    }

    [Fact]
    public async Task Devices_PlanAsksForAcceleratorsAndThereAreNone_TrainOnProcessorsAndRepeat()
    {
        var records = await shared.Three.RunAsync("in-vain", Asking("in-vain", SharedClusters.ReferenceSeed));

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
    }

    [Fact]
    public async Task Aggregator_NoSiloHasAnAccelerator_LivesAnywhere()
    {
        await shared.Three.RunAsync("plain", TinyStudy.Task("plain", 202));
        Assert.Single(await shared.Three.ActivationsAsync<AggregatorGrain>(), aggregator => aggregator.Key == "plain");
    }

    private static TaskSpec Asking(string population, ulong seed)
    {
        var spec = TinyStudy.Task(population, seed);
        return spec with { Plan = spec.Plan with { Accelerator = "cuda" } };
    }
}
