using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Studies;
using Sheaf.Crash.Tests.Fixtures;
using Sheaf.Grains.Tests.Postgres;
using Xunit.Abstractions;

namespace Sheaf.Crash.Tests;

/// <summary>What takes too long for every day: run it with <c>SOAK_KILLS=20</c>. README.md has the last result.</summary>
public sealed partial class SoakTests(ITestOutputHelper output)
{
    private const string Variable = "SOAK_KILLS";

    [SkippableFact]
    public async Task Kill_RandomSilosAtRandomMoments_TheTaskGoesOnEveryTime()
    {
        var kills = Kills();
        await using var cluster = await CrashCluster.StartAsync(silos: 3);
        var task = await cluster.SubmitAsync("soak", StudyOf(rounds: 100_000, cohort: 600));
        var random = new Random(1);
        var (detections, resumptions, commits) = (new List<double>(), new List<double>(), new List<double>());
        for (var kill = 1; kill <= kills; kill++)
        {
            await CrashCluster.PassAsync(TimeSpan.FromSeconds(1 + (5 * random.NextDouble())));
            var killed = cluster.Silos[random.Next(cluster.Silos.Count)];
            var round = (await CrashCluster.AskForAsync("the round", async () => await task.GetProgressAsync(int.MaxValue - 200))).Round;
            var since = Stopwatch.GetTimestamp();
            await killed.KillAsync();
            var detected = await SecondsAsync(since, async () => !(await cluster.Grains.GetGrain<ICluster>(0).GetSilosAsync()).Any(silo => silo.Name == killed.Place.Name && silo.Status == "Active"));
            var resumed = await SecondsAsync(since, async () => (await task.GetProgressAsync(int.MaxValue - 200)).Phase == RoundPhase.Train);
            var committed = await SecondsAsync(since, async () => (await task.GetProgressAsync(int.MaxValue - 200)).Round > round);
            detections.Add(detected);
            resumptions.Add(Math.Max(0, resumed - detected));
            commits.Add(Math.Max(0, committed - detected));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kill {kill,2}: {killed.Place.Name} in round {round + 1}, detected after {detected:F1} s, training {resumed - detected:F1} s and next commit {committed - detected:F1} s after that"));
            await cluster.MendAsync();
        }

        var last = (await task.GetProgressAsync(int.MaxValue - 200)).Round;
        await CrashCluster.RoundAsync(task, last + 2);
        await task.CancelAsync();
        var audit = await task.AuditAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{audit.Rounds} rounds, {audit.Abandoned} abandoned, {audit.Updates} updates, {audit.Findings.Length} findings"));
        output.WriteLine($"detected after {Show(detections)}; training again {Show(resumptions)} later; next commit {Show(commits)} later (median, worst)");

        Assert.Empty(audit.Findings);
        Assert.Equal(0, audit.Abandoned);
        Assert.True(audit.Rounds > kills);
    }

    [SkippableTheory]
    [InlineData("00:00:02")]
    [InlineData("00:00:00.5")]
    public async Task Kill_LateInALongRound_KeepsWhatWasMerged(string interval)
    {
        Kills();
        await using var cluster = await CrashCluster.StartAsync(silos: 3, ("SnapshotInterval", interval));
        var task = await cluster.SubmitAsync("long", StudyOf(rounds: 1, cohort: 75_000, devices: 100_000));
        await CrashCluster.AskAsync("the round trains", async () => (await task.GetProgressAsync(0)).Phase == RoundPhase.Train);
        await CrashCluster.PassAsync(TimeSpan.FromSeconds(75));
        Assert.True((await task.GetProgressAsync(0)).Phase == RoundPhase.Train, "The machine is too fast for this cohort: the round is over.");
        var coordinator = await cluster.HomeOfAsync("RoundCoordinatorGrain", "long");
        await cluster.Silos.First(silo => silo != coordinator).KillAsync();

        var record = Assert.Single(await CrashCluster.EndAsync(task));

        output.WriteLine($"stored every {interval}: {WhatWasKept(string.Concat(cluster.Silos.Select(silo => silo.Log())))}; {record.Outcomes.Trained} updates in the round");
        Assert.Empty((await task.AuditAsync()).Findings);
    }

    private static int Kills()
    {
        PostgresServer.SkipWithout();
        Skip.IfNot(int.TryParse(Environment.GetEnvironmentVariable(Variable), out var kills), $"It takes many minutes: {Variable}=20 runs it.");
        return kills;
    }

    private static Study StudyOf(int rounds, int cohort, int devices = 1000) => StudyCatalog.Find(
        "voice",
        [
            new("training.rounds", $"{rounds}"),
            new("training.cohort", $"{cohort}"),
            new("population.generated.devices", $"{devices}"),
            new("training.local.epochs", "20"),
            new("training.deadlineSeconds", "3600"),
            new("evaluation.every", "0"),
        ]).Resolve();

    private static async Task<double> SecondsAsync(long since, Func<Task<bool>> condition)
    {
        await CrashCluster.AskAsync("the cluster goes on", condition);
        return Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static string Show(List<double> seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds.Order().ElementAt(seconds.Count / 2):F1} s, {seconds.Max():F1} s");

    // The silo of which the directory had the coordinator's entry takes the coordinator with it, wherever that lives.
    private static string WhatWasKept(string logs)
    {
        var lost = Lost().Match(logs);
        if (!lost.Success)
        {
            return Resumed().Match(logs) is { Success: true } resumed ? $"the coordinator moved, too; {resumed.Value}" : throw new InvalidOperationException("Nobody noticed that a silo was lost.");
        }

        var (kept, again) = (double.Parse(lost.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(lost.Groups[2].Value, CultureInfo.InvariantCulture));
        return string.Create(CultureInfo.InvariantCulture, $"of the killed silo's {kept + again} merged updates {kept} are kept ({100 * kept / (kept + again):F1} %)");
    }

    [GeneratedRegex("([0-9]+) of its updates are kept, for they are stored, and ([0-9]+) are computed again")]
    private static partial Regex Lost();

    [GeneratedRegex("[0-9]+ updates are kept, and [0-9]+ devices are asked again")]
    private static partial Regex Resumed();
}
