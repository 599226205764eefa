using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Tests;

/// <summary>Power-of-choice and Oort: cohorts that depend on what participants of committed rounds reported.</summary>
[Collection(Clusters.Name)]
public sealed class GuidedSelectionTests(SharedClusters shared)
{
    private const int Rounds = 6;

    // Oort comes to scores early: of twelve places at most six explore.
    private static readonly SelectionPlan Oort = new("oort", 1, 0.1, 0.6, 1, 0, 0, Oort: new OortPlan(Exploration: 0.5));
    private static readonly SelectionPlan PowerOfChoice = new("power-of-choice", 0.5, 0.1, 0.6, 1, 0, 0, Candidates: 30);

    public static TheoryData<string> Strategies => ["oort", "power-of-choice"];

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Run_OneSiloThreeSilosAndACoordinatorThatStartsAnewEachRound_HaveTheSameRecords(string strategy)
    {
        const ulong Seed = 501;
        var plan = strategy == "oort" ? Oort : PowerOfChoice;
        var plain = await shared.One.RunAsync($"{strategy}-plain", Spec($"{strategy}-plain", Seed, plan));
        var three = await shared.Three.RunAsync($"{strategy}-three", Spec($"{strategy}-three", Seed, plan));

        var task = $"{strategy}-anew";
        var holds = Enumerable.Range(1, Rounds - 1).Select(round => shared.One.Commits.Hold(task, round)).ToArray();
        await shared.One.StartTaskAsync(task, Spec(task, Seed, plan));
        var epochs = new List<long>();
        foreach (var hold in holds)
        {
            // The round is committed, and whoever has committed it is gone before it draws the next cohort.
            await hold.ReachedAsync();
            var sleeping = shared.One.SleepAsync(shared.One.Coordinator(task));
            hold.Release();
            await sleeping;
            await shared.One.Fence(task).EnsureRunningAsync();
            epochs.Add((await shared.One.Commits.WrittenAsync(task, row => row.Epoch > hold.Round)).Epoch);
        }

        var anew = (await shared.One.EndAsync(task)).Records;
        Assert.Equal(Rounds - 1, epochs.Distinct().Count());
        Assert.Equal(Rounds, plain.Count(record => record is { Abandoned: null, Repeatable: true }));
        Assert.Equal(TinyStudy.Comparable(plain), TinyStudy.Comparable(three));
        Assert.Equal(TinyStudy.Comparable(plain), TinyStudy.Comparable(anew));
        for (var round = 1; round <= Rounds; round++)
        {
            Assert.Equal((await shared.One.CohortAsync($"{strategy}-plain", round)).Devices, (await shared.One.CohortAsync(task, round)).Devices);
        }
    }

    [Fact]
    public async Task Run_Oort_HasTheCohortsOfTheSelectorOverAllDevices()
    {
        const string Task = "oort-law";
        const ulong Seed = 502;
        await shared.One.RunAsync(Task, Spec(Task, Seed, Oort));

        var last = new Dictionary<string, OortReport>();
        for (var round = 1; round <= Rounds; round++)
        {
            var expected = Expected(Oort, last, round, Seed);

            var ledger = await shared.One.CohortAsync(Task, round);
            Assert.Equal(IdsOf(expected), ledger.Devices);
            Assert.True(round == 1 || expected.Exploited.Count > 0);
            for (var i = 0; i < ledger.Devices.Length; i++)
            {
                Assert.True(ledger.HasTrained(i) && ledger.Reports[i] > 0);
                last[ledger.Devices[i]] = new OortReport(ledger.Reports[i], round, TimeSpan.Zero);
            }
        }
    }

    [Fact]
    public async Task Run_PowerOfChoice_KeepsOfTheWeightedDrawThoseWithTheLargestLosses()
    {
        const string Task = "choice-law";
        const ulong Seed = 503;
        await shared.One.RunAsync(Task, Spec(Task, Seed, PowerOfChoice));

        var draw = new CohortDraw(shared.One.Grains, Task, TinyStudy.Shards, DrawBasis.Current);
        var spec = new SelectionSpec { Weights = new PowerWeights(0.5), Cohort = 30, Floor = 0.1, InclusionMax = 0.6 };
        var last = new Dictionary<string, double>();
        var knownOnes = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            var candidates = (await draw.DrawAsync(spec, Seed, round, SelectionPurposes.Training)).Select(device => device.DeviceId).ToArray();
            var ledger = await shared.One.CohortAsync(Task, round);

            Assert.Equal((30, TinyStudy.Cohort), (candidates.Length, ledger.Devices.Intersect(candidates).Count()));
            double LossOf(string device) => last.GetValueOrDefault(device, double.PositiveInfinity);
            Assert.True(ledger.Devices.Min(LossOf) >= candidates.Except(ledger.Devices).Max(LossOf));
            knownOnes += ledger.Devices.Count(last.ContainsKey);
            for (var i = 0; i < ledger.Devices.Length; i++)
            {
                last[ledger.Devices[i]] = ledger.Reports[i];
            }
        }

        Assert.True(knownOnes > 0, "Losses decided nothing: no device took part twice.");
    }

    [Fact]
    public async Task Draw_Oort_LeavesOutThoseWhoRestOrAreAwayAndWakesNobody()
    {
        const string Population = "oort-draw";
        await shared.One.RegisterAsync(Population);
        var attendance = new Attendance(9, 4, 0.6);
        string[] resting = ["3", "14", "15", "9", "26"];
        var draw = new CohortDraw(shared.One.Grains, Population, TinyStudy.Shards, DrawBasis.Current)
        {
            Attendance = attendance,
            Resting = new RestList(Population, "rest", resting),
        };
        var explored = Enumerable.Range(0, 30).Select(id => ($"{id}", new DeviceReport(1 + (id % 3), id))).Append(("1000", new DeviceReport(1, 5))).ToArray();

        var drawn = await draw.DrawAsync(new OortSpec { Cohort = 100 }, new ExploredList(Population, "explored", explored), 9, 4);

        var there = Enumerable.Range(0, TinyStudy.Devices)
            .Where(id => attendance.Has(DevicePosition.OfIndex((ulong)id)) && TinyStudy.Generator.SplitOf(id, 0).ToTrainOn > 0)
            .Select(id => $"{id}").Except(resting);
        Assert.Equal(there.Order(StringComparer.Ordinal), drawn.Select(device => device.DeviceId));
        Assert.DoesNotContain(await shared.One.ActivationsAsync<DeviceGrain>(), device => device.Key.StartsWith(Population + "/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_DeviceErased_IsUnexploredForWhoeverDrawsNext()
    {
        const string Task = "oort-erase";
        const ulong Seed = 504;
        // Half of round 2 is new. Of the others of round 1 the one with the largest utility would come back in round 3.
        var plan = Oort with { Floor = 0, InclusionMax = 1, Oort = new OortPlan(Exploration: 1, ExplorationDecay: 0.7, ExplorationMin: 0, Uncertainty: 0) };
        using var gate = shared.One.Gate.Close(Seed, round: 2);
        await shared.One.StartTaskAsync(Task, Spec(Task, Seed, plan));
        var batch = await gate.ReachedAsync();
        var last = await ReportsAsync(Task, 1);
        var erased = last.Where(pair => !batch.Has(pair.Key)).MaxBy(pair => pair.Value.Utility).Key;
        Assert.Equal(new EraseFence(Task, 2, EraseFenceOutcome.NotInCohort), await shared.One.Fence(Task).FenceAsync(erased));
        gate.Open();
        await shared.One.EndAsync(Task);

        foreach (var (device, report) in await ReportsAsync(Task, 2))
        {
            last[device] = report;
        }

        var third = await shared.One.CohortAsync(Task, 3);
        Assert.Contains(erased, IdsOf(Expected(plan, last, 3, Seed)));
        last.Remove(erased);
        Assert.Equal(IdsOf(Expected(plan, last, 3, Seed)), third.Devices);
        Assert.DoesNotContain(erased, third.Devices);

        // A coordinator that starts anew finds the number in the ledger, and does not use it either; what comes later counts again.
        var grain = shared.One.Coordinator(Task).GetGrainId();
        var log = new RoundLog(shared.One.Storage, grain);
        Assert.Contains(erased, (await log.ReadReportsAsync(1)).Select(each => each.DeviceId));
        var reports = new DeviceReports(log, shared.One.Storage, grain);
        Assert.Equal(last.Keys.Order(), (await reports.AfterAsync(2)).Keys.Order());
        await reports.ForgetAsync(erased, 0);
        await reports.ForgetAsync(third.Devices[0], 2);
        Assert.DoesNotContain(erased, (await new DeviceReports(log, shared.One.Storage, grain).AfterAsync(2)).Keys);
        Assert.Equal(new DeviceReport(3, third.Reports[0]), (await new DeviceReports(log, shared.One.Storage, grain).AfterAsync(3))[third.Devices[0]]);
    }

    [Fact]
    public async Task Ledger_OtherStrategies_HaveNoReports() =>
        Assert.Empty((await shared.One.CohortAsync("reference", 1)).Reports);

    // The pure selector over all devices.
    private static OortCohort Expected(SelectionPlan plan, Dictionary<string, OortReport> last, int round, ulong seed)
    {
        var spec = Assert.IsType<GuidedSelection.ByUtility>(new TaskProgram(Spec("p", seed, plan)).Guide).Spec;
        var candidates = Enumerable.Range(0, TinyStudy.Devices).Select(device => new OortCandidate(
            DevicePosition.OfIndex((ulong)device),
            TinyStudy.Generator.SplitOf(device, 0).ToTrainOn,
            last.TryGetValue($"{device}", out var report) ? report : null)).ToArray();
        return new OortSelector(spec).Select(candidates, OortPacer.Start(spec), round, seed);
    }

    private async Task<Dictionary<string, OortReport>> ReportsAsync(string task, int round)
    {
        var ledger = await shared.One.CohortAsync(task, round);
        return ledger.Devices.Zip(ledger.Reports).ToDictionary(pair => pair.First, pair => new OortReport(pair.Second, round, TimeSpan.Zero));
    }

    private static IEnumerable<string> IdsOf(OortCohort cohort) => cohort.All.Select(device => $"{device}").Order(StringComparer.Ordinal);

    private static TaskSpec Spec(string population, ulong seed, SelectionPlan selection)
    {
        var spec = TinyStudy.Task(population, seed, Rounds);
        return spec with { Plan = spec.Plan with { Selection = selection } };
    }
}
