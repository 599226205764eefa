using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Continual;

/// <summary>New examples are scored when their period opens, before they are trained on or deleted.</summary>
[Collection(Clusters.Name)]
public sealed class PrequentialTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Seal_PushedRowsBeyondThePolicy_AreScoredBeforeTheyAreDeleted()
    {
        const string name = "scored-first";
        var population = shared.Three.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed(examplesMax: 2));
        await shared.Three.Coordinator(name).StartAsync(Task(name, 911, rounds: 1, periods: 2));

        await population.IntakeAsync(Rows(0, 5));
        Assert.Equal(new PopulationTotals(1, 1, 2, 0), await population.SealAsync(Start, 0));
        await RoundsAsync(shared.Three, name, 1);
        await population.IntakeAsync(Rows(5, 4));
        await population.SealAsync(Start, 1);
        var progress = await shared.Three.EndAsync(name);

        Assert.Equal([5L, 4L], progress.Periods.Select(period => period.Prequential!.Examples));
        // The device trains on no more than it may keep.
        Assert.Equal([2L, 2L], progress.Records.Select(record => record.Examples));
        Assert.Equal(2, (await shared.Three.Device(name, "ann").GetStatusAsync()).Activity);
        Assert.False(DatabaseRows.Contains(Assert.Single(DatabaseRows.PayloadsOf(shared.Three.DatabaseFile, $"{name}/ann")), "row 0005"));
    }

    [Fact]
    public async Task Seal_PeriodWithoutRows_IsRecordedAsUnscoredAndItsRoundsRun()
    {
        const string name = "empty-period";
        var population = shared.One.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed());
        await shared.One.Coordinator(name).StartAsync(Task(name, 912, rounds: 1, periods: 2));
        await population.IntakeAsync(Rows(0, 3));
        await population.SealAsync(Start, 0);
        await RoundsAsync(shared.One, name, 1);
        await population.SealAsync(Start.AddDays(1), 1);
        var progress = await shared.One.EndAsync(name);

        Assert.Equal([null, "no device has any new example"], progress.Periods.Select(period => period.Unscored));
        Assert.Equal([null, null], progress.Records.Select(record => record.Abandoned));
    }

    [Fact]
    public async Task Seal_AllDataGone_AbandonsTheRoundsWithTheReason()
    {
        const string name = "all-gone";
        var population = shared.One.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed(ageMax: TimeSpan.FromDays(3)));
        await shared.One.Coordinator(name).StartAsync(Task(name, 913, rounds: 1, periods: 2));
        await population.IntakeAsync(Rows(0, 3));
        await population.SealAsync(Start, 0);
        await RoundsAsync(shared.One, name, 1);
        await population.SealAsync(Start.AddDays(30), 1);
        var progress = await shared.One.EndAsync(name);

        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        Assert.Equal([null, "no device has any example to train on"], progress.Records.Select(record => record.Abandoned));
    }

    [Fact]
    public async Task Prequential_SameStudyOnOneSiloAndOnThree_GivesTheSame()
    {
        var records = new List<(PeriodRecord[] Periods, RoundRecord[] Rounds)>();
        foreach (var cluster in new[] { shared.One, shared.Three })
        {
            const string name = "prequential-same";
            await cluster.Population(name).RegisterAsync(PeriodTests.Population(new RetentionSpec(6, null)));
            await cluster.Coordinator(name).StartAsync(PeriodTests.Task(name, 914, new SelectionPlan("power", 1, 0, 1, 1, 0, 0, Counts: "stale")));
            for (var period = 0; period < 3; period++)
            {
                await cluster.Population(name).SealAsync(default, period);
                await RoundsAsync(cluster, name, TinyStudy.Rounds * (period + 1));
            }

            var progress = await cluster.EndAsync(name);
            records.Add(([.. progress.Periods], TinyStudy.Comparable(progress.Records)));
        }

        Assert.Equal(records[0].Periods, records[1].Periods);
        Assert.Equal(records[0].Rounds, records[1].Rounds);
        Assert.All(records[0].Periods, period => Assert.Equal(10, period.Prequential!.Groups.Length));
        Assert.Equal(
            records[0].Periods.Select(period => period.Prequential!.Examples),
            records[0].Periods.Select(period => period.Prequential!.Groups.Sum(group => group.Examples)));
        Assert.Equal(
            records[0].Periods.Select(period => period.Prequential!.Represented),
            records[0].Periods.Select(period => period.Prequential!.Groups.Sum(group => group.Represented)));
    }

    [Fact]
    public async Task Participation_AfterATask_CountsEveryUpdateOnce()
    {
        const string name = "participation";
        var rounds = await shared.Three.RunAsync(name, TinyStudy.Task(name, 915));
        var cohorts = await System.Threading.Tasks.Task.WhenAll(rounds.Select(round => shared.Three.CohortAsync(name, round.Round)));
        var times = cohorts.SelectMany(cohort => cohort.Devices).CountBy(device => device).ToDictionary();

        var summary = await shared.Three.Coordinator(name).GetParticipationAsync();

        var active = Enumerable.Range(0, TinyStudy.Devices).Count(device => TinyStudy.Generator.SplitOf(device, 0).ToTrainOn > 0);
        Assert.Equal((active, active - times.Count, times.Values.Sum()), (summary.Devices, summary.Never, summary.Updates));
        Assert.Equal((summary.Devices, summary.Never, summary.Updates), (summary.Groups.Sum(group => group.Devices), summary.Groups.Sum(group => group.Never), summary.Groups.Sum(group => group.Updates)));
        Assert.InRange(summary.Gini!.Value, 0.01, 0.99);
        // Selection is in proportion to activity.
        Assert.True(summary.Groups[^1].Updates > summary.Groups[0].Updates);
    }

    private static TaskSpec Task(string population, ulong seed, int rounds, int periods)
    {
        var task = TinyStudy.Task(population, seed, rounds);
        return task with { Plan = task.Plan with { Periods = periods, Evaluation = new EvaluationPlan(0, 20, Prequential: true) } };
    }

    private static System.Collections.Immutable.ImmutableArray<Arrival> Rows(int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(row => new Arrival("ann", row, Start.AddMinutes(row), $"what was said in row {row:D4}", TinyStudy.Labels[0], false)),
    ];

    private static Task RoundsAsync(SheafCluster cluster, string task, int rounds) =>
        SheafCluster.UntilAsync($"round {rounds} is over", async () => (await cluster.Coordinator(task).GetProgressAsync(0)).Records.Length >= rounds);
}
