using Sheaf.Abstractions.Tasks;
using Sheaf.Crash.Tests.Fixtures;

namespace Sheaf.Crash.Tests;

/// <summary>
/// Three silos as processes of their own on PostgreSQL, hurt in the middle of a task. Whatever is done to them, the task goes on by itself, and every
/// round ends with the checkpoint of a run that nobody disturbed.
/// </summary>
[Collection(CrashTestGroup.Name)]
public sealed class CrashTests(CrashFixture fixture)
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(60);

    private CrashCluster Cluster => fixture.Cluster;

    [SkippableFact]
    public Task Kill_AWorkersSilo_TheTaskGoesOn() => SurviveAsync("worker", async task =>
    {
        SiloProcess[] central = [await CoordinatorAsync("worker"), await AggregatorAsync("worker")];
        await Cluster.Silos.First(silo => !central.Contains(silo)).KillAsync();
    });

    [SkippableFact]
    public Task Kill_TheCoordinatorsSilo_TheTaskGoesOn() => SurviveAsync("coordinator", async task => await (await CoordinatorAsync("coordinator")).KillAsync());

    [SkippableFact]
    public Task Kill_TheAggregatorsSilo_TheTaskGoesOn() => SurviveAsync("aggregator", async task => await (await AggregatorAsync("aggregator")).KillAsync());

    [SkippableFact]
    public Task Kill_TwoSilosAtOnce_TheTaskGoesOn() => SurviveAsync("two", async task =>
    {
        var coordinator = await CoordinatorAsync("two");
        await Task.WhenAll(coordinator.KillAsync(), Cluster.Silos.First(silo => silo != coordinator).KillAsync());
    });

    [SkippableFact]
    public Task Kill_PostgreSql_TheTaskGoesOnWhenItIsBack() => SurviveAsync("postgres", async task =>
    {
        await Cluster.Server.StopAsync("immediate");
        await Cluster.Server.StartAgainAsync();
    });

    [SkippableFact]
    public Task Freeze_TheCoordinatorsSiloForAMinute_TheZombieChangesNothing() => SurviveAsync("zombie", async task =>
    {
        var frozen = await CoordinatorAsync("zombie");
        frozen.Freeze();
        await CrashCluster.PassAsync(TimeSpan.FromMinutes(1));
        frozen.Thaw();
        // It finds out that the others have done without it, and ends by itself.
        await frozen.EndAsync(CrashCluster.Patience);
    });

    [SkippableFact]
    public Task Terminate_ASiloInTheMiddleOfARound_ItHandsOverAndEndsInTime() => SurviveAsync("leaving", async task =>
    {
        var leaving = await CoordinatorAsync("leaving");
        leaving.Terminate();
        Assert.Equal(0, await leaving.EndAsync(StopTime));
    });

    [SkippableFact]
    public Task Restart_AllSilosOneAfterAnother_TheTaskGoesOn() => SurviveAsync("rolling", async task =>
    {
        foreach (var silo in Cluster.Silos.ToArray())
        {
            silo.Terminate();
            Assert.Equal(0, await silo.EndAsync(StopTime));
            await Cluster.RestartAsync(silo);
        }
    });

    [SkippableFact]
    public async Task Terminate_Twice_EndsAtOnce()
    {
        var silo = Cluster.Silos[0];
        await Cluster.SubmitAsync("twice", CrashFixture.Study);
        silo.Terminate();
        silo.Terminate();

        Assert.Contains(await silo.EndAsync(StopTime), (int[])[0, 143]);
        await Cluster.MendAsync();
        await Cluster.Grains.GetGrain<IRoundCoordinator>("twice").CancelAsync();
    }

    /// <summary>Runs the study as a task, has something done in the middle of its third round, and compares what comes out.</summary>
    private async Task SurviveAsync(string name, Func<IRoundCoordinator, Task> hurt)
    {
        var task = await Cluster.SubmitAsync(name, CrashFixture.Study);
        await CrashCluster.RoundAsync(task, 2);
        await CrashCluster.AskAsync("the third round trains", async () => (await task.GetProgressAsync(int.MaxValue - 200)) is { Round: > 2, Phase: RoundPhase.Train });
        await hurt(task);
        var records = await CrashCluster.EndAsync(task);
        await Cluster.MendAsync();

        Assert.Equal(fixture.Undisturbed.Select(Essence), records.Select(Essence));
        await AssertAuditAsync(name, records);
    }

    /// <summary>The ledger must say of every round who gave what, once, and weigh as much as the sums did.</summary>
    private async Task AssertAuditAsync(string name, IReadOnlyCollection<RoundRecord> records)
    {
        var audit = await Cluster.Grains.GetGrain<IRoundCoordinator>(name).AuditAsync();
        Assert.Empty(audit.Findings);
        Assert.Equal((records.Count, records.Sum(record => record.Outcomes.Trained)), (audit.Rounds, audit.Updates));
    }

    // What must be the same whatever happened meanwhile.
    private static string Essence(RoundRecord record) =>
        $"{record.Round}: {record.Checkpoint[..8]} {(record.Repeatable ? "repeatable" : "")} {record.Abandoned} {record.Outcomes} of {record.Cohort}, {record.Examples}";

    private Task<SiloProcess> CoordinatorAsync(string task) => Cluster.HomeOfAsync("RoundCoordinatorGrain", task);

    private Task<SiloProcess> AggregatorAsync(string task) => Cluster.HomeOfAsync("AggregatorGrain", task);
}
