using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>Several tasks on one population: a device trains for one of them at a time, and none of them notices.</summary>
[Collection(Clusters.Name)]
public sealed class ConcurrentTasksTests(SharedClusters shared)
{
    [Theory]
    [InlineData("earlier", "later", 2101)]
    [InlineData("second", "first", 2103)]
    public async Task Train_DeviceThatTrainsForAnotherTask_IsWaitedFor(string holder, string waiter, ulong holderSeed)
    {
        var cluster = shared.One;
        var population = $"{holder}-{waiter}";
        var waiterSeed = holderSeed + 1;
        using var gate = cluster.Gate.Close(holderSeed, round: 1);
        // One batch, so that a lane is free.
        await cluster.StartTaskAsync(holder, Wanting(20, population, holderSeed));
        await gate.ReachedAsync();
        var device = Enumerable.Range(0, TinyStudy.Devices).Select(id => $"{id}").First(cluster.Gate.BatchesOf(holderSeed)[0].Has);
        await cluster.Coordinator(waiter).StartAsync(Wanting(TinyStudy.Devices, population, waiterSeed));
        // The holder's call, and two of the waiter: it was told to wait, and has.
        await cluster.Calls.BegunAsync(nameof(IDeviceWork.ContributeAsync), DeviceKey.Of(population, device), times: 3);

        Assert.Empty(cluster.Gate.BatchesOf(waiterSeed));

        gate.Open();
        var progress = await Task.WhenAll(cluster.EndAsync(holder), cluster.EndAsync(waiter));
        Assert.All(progress, task => Assert.All(task.Records, record => Assert.Equal((record.Cohort, true), (record.Outcomes.Trained, record.Repeatable))));
    }

    [Fact]
    public async Task Run_FourTasksThatAllWantEveryDevice_EachGivesWhatItGivesAlone()
    {
        ulong[] seeds = [2111, 2112, 2113, 2114];
        var cluster = shared.Three;
        await cluster.RegisterAsync("crowd");

        await Task.WhenAll(seeds.Select(seed => cluster.Coordinator($"crowd-{seed}").StartAsync(Wanting(TinyStudy.Devices, "crowd", seed))));
        var together = await Task.WhenAll(seeds.Select(seed => cluster.EndAsync($"crowd-{seed}")));

        foreach (var (seed, task) in seeds.Zip(together))
        {
            Assert.Equal((TaskRunStatus.Completed, null), (task.Status, task.Failure));
            Assert.Equal(TinyStudy.Comparable(await cluster.RunAsync($"alone-{seed}", Wanting(TinyStudy.Devices, $"alone-{seed}", seed))), TinyStudy.Comparable(task.Records));
        }
    }

    private static TaskSpec Wanting(int devices, string population, ulong seed)
    {
        var task = TinyStudy.Task(population, seed);
        return task with { Plan = task.Plan with { Cohort = devices } };
    }
}
