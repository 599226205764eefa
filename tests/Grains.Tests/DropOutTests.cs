using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Tests;

/// <summary>Devices that are away, drop out or are late, and rounds that get too few updates for it.</summary>
[Collection(Clusters.Name)]
public sealed class DropOutTests(SharedClusters shared)
{
    private static readonly PopulationSpec Unreliable = TinyStudy.Population() with { Behaviour = new BehaviourSpec(0.7, 0.3) };

    [Fact]
    public async Task Run_OnThreeSilos_SameRecordsAsOnOne()
    {
        const ulong Seed = 901;

        var one = await shared.One.RunAsync("unreliable", TinyStudy.Task("unreliable", Seed), Unreliable);
        var three = await shared.Three.RunAsync("unreliable", TinyStudy.Task("unreliable", Seed), Unreliable);

        Assert.Equal(TinyStudy.Comparable(one), TinyStudy.Comparable(three));
        Assert.True(shared.Three.Gate.BatchesOf(Seed).Select(batch => batch.Silo).Distinct().Count() > 1);
    }

    [Fact]
    public async Task Run_DropOutAndAbsence_AreExactlyThoseOfSeedRoundAndDevice()
    {
        const ulong Seed = 902;
        var records = await shared.One.RunAsync("who-drops", TinyStudy.Task("who-drops", Seed), Unreliable);

        var loop = new BareLoop(Seed);
        foreach (var record in records)
        {
            var cohort = (await shared.One.CohortAsync("who-drops", record.Round)).Devices;
            var answering = cohort.Where(device => !DropsOut(Seed, record.Round, device)).ToArray();

            Assert.Equal(TinyStudy.Cohort, cohort.Length);
            Assert.All(cohort, device => Assert.True(new Attendance(Seed, record.Round, 0.7).Has(DevicePosition.Of(device))));
            Assert.Equal(new DeviceOutcomes(answering.Length, 0, 0, 0, 0, 0, 0, cohort.Length - answering.Length), record.Outcomes);
            Assert.Equal(loop.Round(record.Round, answering), record.Checkpoint);
            Assert.True(record.Repeatable);
            // Evaluation knows neither absence nor drop-out: as many devices score as in a population that is always there.
            Assert.Equal(shared.Reference[0].Evaluation!.Devices, record.Evaluation!.Devices);
        }

        Assert.True(records.Sum(record => record.Outcomes.DroppedOut) > 0);
    }

    [Fact]
    public async Task Round_TooFewReports_IsAbandonedWithItsOutcomesAndRepeatable()
    {
        const ulong Seed = 903;
        var spec = TinyStudy.Task("few", Seed);
        spec = spec with { Plan = spec.Plan with { OverSelection = 1.25, MinimumReports = 15 } };

        var records = await shared.One.RunAsync("few", spec, Unreliable with { Behaviour = new BehaviourSpec(1, 0.3) });

        Assert.Equal(TinyStudy.Rounds, records.Length);
        foreach (var record in records)
        {
            var cohort = await shared.One.CohortAsync("few", record.Round);
            var dropped = cohort.Devices.Count(device => DropsOut(Seed, record.Round, device));
            Assert.InRange(dropped, 1, 14);
            Assert.Equal(
                $"only {15 - dropped} of 15 selected devices gave an update and 15 are needed ({dropped} dropped out)", record.Abandoned);
            Assert.Equal((15, 15 - dropped, dropped), (record.Cohort, record.Outcomes.Trained, record.Outcomes.DroppedOut));
            Assert.Equal(new BareLoop(Seed).Hash, record.Checkpoint);
            Assert.True(record.Repeatable);
            Assert.All(cohort.Trained, bits => Assert.Equal(0, bits));
        }
    }

    [Fact]
    public async Task Round_NobodyAvailable_SaysSoAndTheTaskGoesOn()
    {
        var away = TinyStudy.Population() with { Behaviour = new BehaviourSpec(1e-9, 0) };

        var records = await shared.One.RunAsync("away", TinyStudy.Task("away", 904, rounds: 2), away);

        Assert.Equal(2, records.Length);
        Assert.All(records, record => Assert.Equal(("no device that could be selected was available", 0), (record.Abandoned, record.Cohort)));
    }

    [Theory]
    [InlineData(32, null)]
    [InlineData(33, "only 32 of 40 selected devices gave an update and 33 are needed (8 late)")]
    public async Task Round_DeadlinePassesDuringTraining_HasLateDevicesAndCountsTheOthers(int minimumReports, string? reason)
    {
        var (seed, name) = (910 + (ulong)minimumReports, $"late-{minimumReports}");
        var cluster = shared.One;
        var spec = TinyStudy.Task(name, seed, rounds: 2);
        var plan = spec.Plan with { Cohort = 40, Deadline = DeadlineClock.Held, MinimumReports = minimumReports };
        // Another task stands still on one of the two lanes, so that the second batch of this one waits behind the first.
        using var occupied = cluster.Gate.Close(seed + 10, round: 1);
        await cluster.StartTaskAsync($"{name}-other", TinyStudy.Task($"{name}-other", seed + 10, rounds: 1));
        await occupied.ReachedAsync();
        using var gate = cluster.Gate.Close(seed, round: 1);
        await cluster.StartTaskAsync(name, spec with { Plan = plan });
        await gate.ReachedAsync();

        Assert.Equal(1, cluster.Deadlines.Pass());
        gate.Open();
        occupied.Open();

        var records = (await cluster.EndAsync(name)).Records;
        Assert.Equal(reason, records[0].Abandoned);
        Assert.Equal(new DeviceOutcomes(32, 0, 0, 8, 0, 0, 0), records[0].Outcomes);
        Assert.Equal(reason is null, records[0].Checkpoint != Initial(seed));
        Assert.Equal((null, 40), (records[1].Abandoned, records[1].Outcomes.Trained));
        Assert.Equal([false, true], records.Select(record => record.Repeatable));
        Assert.Equal(TaskRunStatus.Completed, (await cluster.EndAsync($"{name}-other")).Status);
    }

    [Fact]
    public async Task Round_DeadlinePassesWhileSlicesWaitForTheirTurn_TheirDevicesAreLate()
    {
        // A slice for each of the eight shards, of which a silo of two lanes takes four on at once.
        const ulong Seed = 940;
        var (name, cluster) = ("late-turns", shared.One);
        var spec = TinyStudy.Task(name, Seed, rounds: 2);
        using var gate = cluster.Gate.Close(Seed, round: 1);
        await cluster.StartTaskAsync(name, spec with
        {
            Plan = spec.Plan with { Cohort = 40, Deadline = DeadlineClock.Held, MinimumReports = 1, Aggregation = new AggregationPlan("median") },
        });
        await gate.ReachedAsync();
        await SheafCluster.UntilAsync("the time of all slices runs", () => Task.FromResult(cluster.Deadlines.Running == TinyStudy.Shards));

        cluster.Deadlines.Pass();
        gate.Open();

        var records = (await cluster.EndAsync(name)).Records;
        Assert.Equal(40, records[0].Outcomes.Trained + records[0].Outcomes.Late);
        // At most what both lanes had begun was in time.
        Assert.InRange(records[0].Outcomes.Late, 20, 39);
        Assert.Equal(40, records[1].Outcomes.Trained);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1.1, 0.5)]
    [InlineData(0.5, -0.1)]
    [InlineData(0.5, 1)]
    public void View_BehaviourOutOfRange_IsRefused(double availability, double dropOut)
    {
        var spec = TinyStudy.Population() with { Behaviour = new BehaviourSpec(availability, dropOut) };

        var refused = Assert.Throws<ArgumentException>(() => new PopulationView(spec));

        Assert.Contains(
            "Choose an availability above 0 and at most 1, and a drop-out of at least 0 and below 1.", refused.Message, StringComparison.Ordinal);
    }

    private static string Initial(ulong seed) => new BareLoop(seed).Hash;

    private static bool DropsOut(ulong seed, int round, string device) => DropOut.Takes(0.3, seed, round, DevicePosition.Of(device));
}
