using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Continual;

/// <summary>Data that comes period by period: what devices have, what shards know, when rounds run.</summary>
[Collection(Clusters.Name)]
public sealed class PeriodTests(SharedClusters shared)
{
    private const int Periods = 3;

    [Fact]
    public async Task Rounds_OfAPeriod_RunWhenItHasArrivedAndSeeNothingLater()
    {
        var cluster = shared.Three;
        const string name = "by-period";
        await cluster.Population(name).RegisterAsync(Population());
        await cluster.Coordinator(name).StartAsync(Task(name, 901));
        Assert.Equal(-1, (await cluster.Population(name).GetMomentAsync()).Period);
        for (var period = 0; period < Periods; period++)
        {
            var totals = await cluster.Population(name).SealAsync(default, period);
            Assert.Equal(MadeBy(period), totals.Examples);
            var rounds = TinyStudy.Rounds * (period + 1);
            await SheafCluster.UntilAsync($"round {rounds} is over", async () => (await cluster.Coordinator(name).GetProgressAsync(0)).Records.Length >= rounds);
        }

        var progress = await cluster.EndAsync(name);
        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        Assert.Equal(Enumerable.Range(0, 9).Select(round => round / TinyStudy.Rounds), progress.Records.Select(record => record.Period));
        Assert.Equal([(0, 1), (1, 4), (2, 7)], progress.Periods.Select(period => (period.Period, period.Round)));
        Assert.Equal(Enumerable.Range(0, Periods).Select(FreshOf), progress.Periods.Select(period => period.Prequential!.Examples));
        Assert.All(progress.Records, record => Assert.True(record.Repeatable));
    }

    [Fact]
    public async Task Progress_BeforeAnyPeriodHasArrived_SaysThatTheTaskWaits()
    {
        const string name = "waits";
        await shared.One.Population(name).RegisterAsync(Population());
        await shared.One.Coordinator(name).StartAsync(Task(name, 902));

        await SheafCluster.UntilAsync("the task waits", async () => (await shared.One.Coordinator(name).GetProgressAsync(0)).Phase == RoundPhase.Await);

        await shared.One.Coordinator(name).CancelAsync();
        Assert.Equal(TaskRunStatus.Cancelled, (await shared.One.Coordinator(name).GetProgressAsync(0)).Status);
    }

    [Fact]
    public async Task Seal_APeriodTooEarlyOrNone_IsRefused()
    {
        const string name = "too-early";
        await shared.One.Population(name).RegisterAsync(Population());
        var early = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => shared.One.Population(name).SealAsync(default, 1));
        Assert.StartsWith("Period 0 of the population 'too-early' has not been opened. Open one after another.", early.Message, StringComparison.Ordinal);
        var none = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => shared.One.Population(name).SealAsync(default, Periods));
        Assert.StartsWith("The population 'too-early' is made in 3 periods. Open one from 0 to 2.", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seal_GeneratedPeriods_CountWithoutWakingADevice()
    {
        const string name = "periods-asleep";
        await shared.One.Population(name).RegisterAsync(Population(new RetentionSpec(5, TimeSpan.FromDays(2))));
        for (var period = 0; period < Periods; period++)
        {
            Assert.Equal(KeptAt(period), (await shared.One.Population(name).SealAsync(default, period)).Examples);
        }

        Assert.DoesNotContain(await shared.One.ActivationsAsync<DeviceGrain>(), device => device.Key.StartsWith($"{name}/", StringComparison.Ordinal));
        // Awake, devices say the same.
        foreach (var device in Enumerable.Range(0, 5))
        {
            Assert.Equal(KeptBy(device, Periods - 1), (await shared.One.Device(name, $"{device}").GetStatusAsync()).Activity);
        }
    }

    internal static PopulationSpec Population(RetentionSpec? retention = null)
    {
        var spec = TinyStudy.Population(retention);
        return spec with { Generated = spec.Generated! with { Periods = Periods } };
    }

    internal static TaskSpec Task(string population, ulong seed, SelectionPlan? selection = null)
    {
        var task = TinyStudy.Task(population, seed);
        return task with
        {
            Plan = task.Plan with { Periods = Periods, Selection = selection ?? task.Plan.Selection, Evaluation = new EvaluationPlan(0, 100, Prequential: true) },
        };
    }

    private static IEnumerable<DateTimeOffset> TimesOf(int device, int period) =>
        TinyStudy.PeriodsOf(Periods).ExamplesOf(device, period).Where(example => !example.IsHeldOut).Select(example => example.Time);

    private static long FreshOf(int period) => Enumerable.Range(0, TinyStudy.Devices).Sum(device => (long)TimesOf(device, period).Count());

    private static long MadeBy(int period) => Enumerable.Range(0, period + 1).Sum(FreshOf);

    // The newest five of the last two days, at the end of the period's day.
    private static int KeptBy(int device, int period) => Enumerable.Range(0, period + 1).SelectMany(each => TimesOf(device, each))
        .Count(time => TinyStudy.PeriodsOf(Periods).Population.StartOf(period + 1) - time < TimeSpan.FromDays(2)) is var young ? Math.Min(5, young) : 0;

    private static long KeptAt(int period) => Enumerable.Range(0, TinyStudy.Devices).Sum(device => (long)KeptBy(device, period));
}
