using System.Diagnostics;
using System.Text.Json;

namespace Sheaf.Client.Tests.Running;

/// <summary>Runs that were stopped, in processes of their own, and go on.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int KillsMax = 40;
    private const int KillsMin = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Resume_AfterKillsAtEveryMoment_GivesTheRoundsOfAnUninterruptedRun()
    {
        var study = _folder.Write("long.json", SheafRun.SmallStudy.Replace("\"rounds\": 3", "\"rounds\": 120", StringComparison.Ordinal));
        var watch = Stopwatch.StartNew();
        Assert.True(await EndsWithinAsync(["run", study, "--output", _folder.In("whole")], Patience), "The undisturbed run did not end.");

        // Longer lives each time, however fast the machine is: they meet all phases, and the last is longer than all rounds take.
        var (firstLife, longerEachTime) = (watch.Elapsed / 4, watch.Elapsed / 32);
        var kills = 0;
        string[] args = ["run", study, "--output", _folder.In("killed")];
        while (!await EndsWithinAsync(args, firstLife + (kills * longerEachTime)))
        {
            kills++;
            Assert.True(kills < KillsMax, $"The run had not ended after {kills} kills.");
            // Killed before it had a folder to go on with, a run is begun again.
            args = File.Exists(_folder.In("killed/study.json")) ? ["run", "--resume", "--output", _folder.In("killed")] : args;
        }

        Assert.InRange(kills, KillsMin, KillsMax);
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("whole")), SheafRun.RepeatableRounds(_folder.In("killed")));
        Assert.Equal(
            SheafRun.Read(_folder.In("whole"), "summary.json").GetProperty("checkpoint").GetString(),
            SheafRun.Read(_folder.In("killed"), "summary.json").GetProperty("checkpoint").GetString());
    }

    [Fact]
    public async Task Resume_StudyKilledInItsSecondRun_KeepsWhatHadEndedAndEndsLikeAnUndisturbedOne()
    {
        var study = _folder.Write("arms.json", SheafRun.SmallStudy.Replace("\"seed\": 7", """
            "arms": { "even": { "training.selection.strategy": "uniform" }, "active": {}, "root": { "training.selection.exponent": 0.5 } }
            """, StringComparison.Ordinal).Replace("\"rounds\": 3", "\"rounds\": 30", StringComparison.Ordinal));
        string[] runs = ["even/seed-1", "active/seed-1", "root/seed-1"];
        Assert.Equal(0, (await SheafRun.InvokeAsync("run", study, "--output", _folder.In("whole"))).ExitCode);

        using (var process = Start("run", study, "--output", _folder.In("killed")))
        {
            await UntilAsync(() => File.Exists(_folder.In($"killed/{runs[1]}/rounds.jsonl")));
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        var kept = File.ReadAllText(_folder.In($"killed/{runs[0]}/summary.json"));
        Assert.False(File.Exists(_folder.In($"killed/{runs[1]}/summary.json")), "The second run had ended before it was killed.");
        Assert.Equal(0, (await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("killed"))).ExitCode);

        // A summary tells how long its run took, so that the same run again would have written another.
        Assert.Equal(kept, File.ReadAllText(_folder.In($"killed/{runs[0]}/summary.json")));
        Assert.All(runs, run => Assert.Equal(
            SheafRun.RepeatableRounds(_folder.In($"whole/{run}")), SheafRun.RepeatableRounds(_folder.In($"killed/{run}"))));
        Assert.All(["summary.json", "study.json", "figures/accuracy-by-round.csv", "figures/difference-by-round.csv"], file => Assert.Equal(
            File.ReadAllText(_folder.In($"whole/{file}")), File.ReadAllText(_folder.In($"killed/{file}"))));
        Assert.Equal(Files("whole"), Files("killed"));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Run_Interrupted_StopsAndCanBeResumed(string signal)
    {
        var study = _folder.Write("long.json", SheafRun.SmallStudy.Replace("\"rounds\": 3", "\"rounds\": 100", StringComparison.Ordinal));
        using var process = Start("run", study, "--output", _folder.In("stopped"));
        await UntilAsync(() => File.Exists(_folder.In("stopped/rounds.jsonl")));

        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal((130, "Stopped.\n"), (process.ExitCode, error));
        Assert.False(File.Exists(_folder.In("stopped/summary.json")));
        Assert.Equal(0, (await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("stopped"))).ExitCode);
        Assert.Equal(100, SheafRun.RepeatableRounds(_folder.In("stopped")).Length);
    }

    [Fact]
    public async Task Resume_ARunThatHasEnded_ShowsItsResultsAgain()
    {
        var study = _folder.Write("small.json", SheafRun.SmallStudy);
        await SheafRun.InvokeAsync("run", study, "--output", _folder.In("a"));
        var (rounds, summary) = (File.ReadAllText(_folder.In("a/rounds.jsonl")), File.ReadAllText(_folder.In("a/summary.json")));
        Assert.Equal(0, (await SheafRun.InvokeAsync("device", "erase", "3", "--output", _folder.In("a"))).ExitCode);

        var again = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"), "--json");

        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.Equal(rounds, File.ReadAllText(_folder.In("a/rounds.jsonl")));
        Assert.Equal(summary, File.ReadAllText(_folder.In("a/summary.json")));
        using var printed = JsonDocument.Parse(again.Output);
        Assert.Equal(3, printed.RootElement.GetProperty("rounds").GetInt32());
    }

    [Fact]
    public async Task Resume_FolderWithoutARun_SaysSo()
    {
        var run = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("nothing"));

        var message = $"There is no run in '{_folder.In("nothing")}': it has no study.json. Name the folder of a run with --output.\n";
        Assert.Equal((1, "", message), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("voice")]
    [InlineData("--seed", "3")]
    [InlineData("--seeds", "3,4")]
    [InlineData("--arm", "a")]
    [InlineData("--data", "rows.tsv")]
    [InlineData("--set", "training.rounds=3")]
    [InlineData("--cluster", "127.0.0.1")]
    [InlineData("--tls", "certificates")]
    public async Task Resume_ToldToBeAnotherRun_IsRefused(params string[] more)
    {
        var run = await SheafRun.InvokeAsync(["run", "--resume", .. more]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("--resume goes on with a run as it was begun: leave out the study, --data, --seed, --seeds, --arm, --set, --cluster and --tls.\n", run.Error);
    }

    [Fact]
    public async Task Resume_FolderThatAnotherRunUses_IsRefused()
    {
        await SheafRun.InvokeAsync("run", _folder.Write("small.json", SheafRun.SmallStudy), "--output", _folder.In("a"));
        using var other = new FileStream(_folder.In("a/lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var run = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"));

        var message = $"Another run uses '{_folder.In("a")}'. Wait until it has ended, or name another folder with --output.\n";
        Assert.Equal((1, message), (run.ExitCode, run.Error));
    }

    // But for the database's own, which come and go.
    private IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(_folder.In(folder), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder.In(folder), file)).Where(file => !file.Contains("cluster.db-", StringComparison.Ordinal)).Order();

    /// <summary>Runs the command in a process of its own, and kills it outright when it has not ended in time.</summary>
    private static async Task<bool> EndsWithinAsync(string[] args, TimeSpan life)
    {
        using var process = Start(args);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var hasEnded = process.WaitForExit(life);
        if (!hasEnded)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        await output;
        var complaint = await error;
        Assert.True(!hasEnded || process.ExitCode == 0, complaint);
        return hasEnded;
    }

    private static Process Start(params string[] args) => Process.Start(
        new ProcessStartInfo("dotnet", ["exec", typeof(SheafCommand).Assembly.Location, .. args, "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    // The process tells of its progress by its files only.
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
