using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Retention;

/// <summary>Train-once: what a committed round has trained on goes when the commit has been seen, and not before.</summary>
[Collection(Clusters.Name)]
public sealed class TrainOnceTests(SharedClusters shared)
{
    private const int Sampled = 2;
    private static readonly RetentionSpec Once = new(null, null, TrainOnce: true);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Commit_DeletesWhatWasSampledAndNothingBeforeIt()
    {
        const string name = "once";
        var cluster = shared.One;
        using var hold = cluster.Commits.Hold(name, round: 1);
        await cluster.StartTaskAsync(name, Task(name, 1201), TinyStudy.Population(Once));
        await hold.ReachedAsync();
        Assert.Equal(Enumerable.Range(0, TinyStudy.Devices).Sum(Made), (await cluster.Population(name).GetTotalsAsync()).Examples);
        hold.Release();
        await cluster.EndAsync(name);

        await AssertSpentAsync(name);
    }

    [Fact]
    public async Task Commit_ShardFailsWhenItIsTold_IsToldAgain()
    {
        const string name = "once-told";
        shared.One.Faults.FailOnce(nameof(IDeviceErasure.SeeCommitAsync), name);
        await shared.One.StartTaskAsync(name, Task(name, 1202), TinyStudy.Population(Once));
        await shared.One.EndAsync(name);

        Assert.Equal(0, shared.One.Faults.Waiting);
        await AssertSpentAsync(name);
    }

    [Fact]
    public async Task Commit_ShardCannotStoreWhatDevicesAnswered_KnowsItNevertheless()
    {
        const string name = "once-stored";
        await shared.One.RegisterAsync(name, TinyStudy.Population(Once));
        using var hold = shared.One.Commits.Hold(name, round: 1);
        await shared.One.Coordinator(name).StartAsync(Task(name, 1203));
        await hold.ReachedAsync();
        for (var shard = 0; shard < TinyStudy.Shards; shard++)
        {
            shared.One.Faults.FailOnce("shard", ShardKey.Of(name, shard));
        }

        hold.Release();
        await SheafCluster.UntilAsync("a shard has failed", () => System.Threading.Tasks.Task.FromResult(shared.One.Faults.Waiting < TinyStudy.Shards));
        await shared.One.EndAsync(name);
        for (var shard = 0; shard < TinyStudy.Shards; shard++)
        {
            await shared.One.SleepAsync(shared.One.Grains.GetGrain<IActivityShard>(ShardKey.Of(name, shard)));
        }

        await AssertSpentAsync(name);
        Drain();
    }

    [Fact]
    public async Task AbandonedRound_DeletesNothing()
    {
        const string name = "once-abandoned";
        var task = Task(name, 1204);
        await shared.One.StartTaskAsync(name, task with { Plan = task.Plan with { MinimumReports = TinyStudy.Cohort } }, TinyStudy.Population(Once) with { Behaviour = new BehaviourSpec(1, 0.9) });
        var progress = await shared.One.EndAsync(name);

        Assert.NotNull(Assert.Single(progress.Records).Abandoned);
        Assert.NotEqual(0, progress.Records[0].Outcomes.Trained);
        Assert.Equal(Enumerable.Range(0, TinyStudy.Devices).Sum(Made), (await shared.One.Population(name).GetTotalsAsync()).Examples);
        foreach (var device in (await shared.One.CohortAsync(name, 1)).Devices)
        {
            Assert.Equal(Made(int.Parse(device)), (await shared.One.Device(name, device).GetStatusAsync()).Activity);
        }
    }

    [Fact]
    public async Task Commit_OneDeviceWithItsOwnPolicy_DeletesOfItAlone()
    {
        const string name = "once-own";
        await shared.One.RegisterAsync(name);
        var task = Task(name, 1205);
        var id = Enumerable.Range(0, TinyStudy.Devices).MaxBy(Made);
        await shared.One.Device(name, $"{id}").SetRetentionAsync(Once);
        await shared.One.Coordinator(name).StartAsync(task with { Plan = task.Plan with { Cohort = TinyStudy.Devices } });
        await shared.One.EndAsync(name);

        Assert.Contains($"{id}", (await shared.One.CohortAsync(name, 1)).Devices);
        Assert.Equal(Enumerable.Range(0, TinyStudy.Devices).Sum(Made) - Sampled, (await shared.One.Population(name).GetTotalsAsync()).Examples);
        Assert.Equal(Made(id) - Sampled, (await shared.One.Device(name, $"{id}").GetStatusAsync()).Activity);
    }

    [Fact]
    public async Task Commit_PolicyGoneBeforeIt_DeletesNothing()
    {
        const string name = "once-no-more";
        using var hold = shared.One.Commits.Hold(name, round: 1);
        await shared.One.StartTaskAsync(name, Task(name, 1206), TinyStudy.Population(Once));
        await hold.ReachedAsync();
        await shared.One.Population(name).SetRetentionAsync(new RetentionSpec(null, null, Version: 1));
        hold.Release();
        await shared.One.EndAsync(name);

        Assert.Equal(Enumerable.Range(0, TinyStudy.Devices).Sum(Made), (await shared.One.Population(name).GetTotalsAsync()).Examples);
    }

    [Fact]
    public async Task Commit_NextWords_DeletesTheTextsOfTheSampledWords()
    {
        const string name = "once-words";
        var population = shared.One.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed() with { Retention = Once });
        string[] words = ["a", "b", "c", "d", "e"];
        await population.IntakeAsync([.. words.Select((word, row) => new Arrival("ann", row, Start.AddHours(row), word, "", false))]);
        await population.SealAsync(Start.AddHours(5));
        var task = Task(name, 1207);
        await shared.One.Coordinator(name).StartAsync(task with
        {
            Classes = ["<unk>", .. words],
            Model = task.Model with { Type = "log-bilinear" },
            Language = new NextWordSpec(Context: 2),
        });
        await shared.One.EndAsync(name);

        // Every text is one word: two words were sampled, and their two texts are gone.
        var trained = Assert.Single(shared.One.Gate.BatchesOf(1207)).Devices[0].Examples;
        Assert.Equal(words.Length, trained.Sources?.Length);
        Assert.Equal(words.Length - Sampled, (await shared.One.Device(name, "ann").GetStatusAsync()).Activity);
        Assert.Equal(words.Length - Sampled, (await population.GetTotalsAsync()).Examples);
    }

    private static int Made(int device) => TinyStudy.Generator.SplitOf(device, 0).ToTrainOn;

    private static TaskSpec Task(string population, ulong seed)
    {
        var task = TinyStudy.Task(population, seed, rounds: 1);
        return task with { Plan = task.Plan with { Local = task.Plan.Local with { ExamplesMax = Sampled } } };
    }

    private void Drain()
    {
        for (var shard = 0; shard < TinyStudy.Shards; shard++)
        {
            try
            {
                shared.One.Faults.Pass("shard", ShardKey.Of("once-stored", shard));
            }
            catch (InvalidOperationException)
            {
                // A shard that had nobody in the cohort stored nothing.
            }
        }
    }

    private async Task AssertSpentAsync(string name)
    {
        var cohort = (await shared.One.CohortAsync(name, 1)).Devices;
        Assert.Equal(TinyStudy.Cohort, cohort.Length);
        var left = 0;
        for (var device = 0; device < TinyStudy.Devices; device++)
        {
            var expected = cohort.Contains($"{device}") ? Math.Max(0, Made(device) - Sampled) : Made(device);
            Assert.Equal((device, expected), (device, (await shared.One.Device(name, $"{device}").GetStatusAsync()).Activity));
            left += expected;
        }

        Assert.Equal(left, (await shared.One.Population(name).GetTotalsAsync()).Examples);
    }
}
