using System.Text.Json.Nodes;

namespace Sheaf.Client.Tests.Running;

/// <summary>Continual runs that were killed between two periods, where data arrives, is scored and is deleted, and go on as if nothing had happened.</summary>
public sealed class ContinualCrashTests(ContinualCrashTests.UninterruptedRun whole) : IClassFixture<ContinualCrashTests.UninterruptedRun>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The row of the population is written when it is registered (1), given its task (2), and for every period when it is opened (3, 5, 7) and
    // when it is settled (4, 6, 8). Each of its two shards is opened and settled once a period.
    [Theory]
    [InlineData("intake of a period, before a device has its rows", "call:TakeInAsync:6")]
    [InlineData("open, one shard told", "return:OpenAsync:3")]
    [InlineData("open, first period stored", "written:population:3")]
    [InlineData("open, stored and not scored", "written:population:5")]
    [InlineData("score, recorded and the period not settled", "written:period-1:1")]
    [InlineData("settle, before a shard", "call:SettleAsync:3")]
    [InlineData("settle, a shard's devices done", "return:SettleAsync:3")]
    [InlineData("settled, and no round of the period yet", "written:population:6")]
    public async Task Resume_AfterAKillBetweenPeriods_GivesTheRunThatWasNotStopped(string where, string point)
    {
        var output = _folder.In("killed");

        var killed = await SheafProcess.CrashAsync(point, "run", whole.Study, "--output", output);
        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", output);

        Assert.Equal((where, SheafProcess.Killed), (where, killed.ExitCode));
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(whole.Results, UninterruptedRun.ResultsOf(output));
    }

    /// <summary>The run that was left alone.</summary>
    public sealed class UninterruptedRun : IAsyncLifetime, IDisposable
    {
        private readonly TempFolder _folder = new();

        public string Study { get; private set; } = "";

        public string[] Results { get; private set; } = [];

        /// <summary>Rounds, periods and the sums of a run, without what may differ from run to run.</summary>
        public static string[] ResultsOf(string folder)
        {
            var summary = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "summary.json")))!.AsObject();
            Assert.All(["updatesPerSecond", "roundSeconds", "elapsedSeconds"], field => Assert.True(summary.Remove(field)));
            return [.. SheafRun.RepeatableRounds(folder), .. File.ReadAllLines(Path.Combine(folder, "periods.jsonl")), summary.ToJsonString()];
        }

        public async Task InitializeAsync()
        {
            // Of ten devices, three or four have rows in a period: the others fall silent, and what they have left must go.
            _folder.Write("rows.tsv", "device\ttime\ttext\tlabel\n" + string.Concat(Enumerable.Range(0, 240).Select(i =>
                $"d{((i / 80 * 3) + (i % 4)) % 10}\t{i}\t{(i % 2 == 0 ? "please play song" : "set an alarm for")} {i % 31}\t{(i % 2 == 0 ? "play" : "alarm")}\n")));
            Study = _folder.Write("study.json", """
                {
                  "seed": 7,
                  "population": {
                    "source": "file", "file": { "path": "rows.tsv" }, "shards": 2, "periods": 3, "retention": { "periodsMax": 1 }
                  },
                  "model": { "type": "softmax-regression", "buckets": 200 },
                  "training": { "rounds": 2, "cohort": 3, "local": { "learningRate": 1 } },
                }
                """);
            var run = await SheafRun.InvokeAsync("run", Study, "--output", _folder.In("whole"));
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Results = ResultsOf(_folder.In("whole"));
            Assert.Equal(6 + 3 + 1, Results.Length);
            // Nobody who has nothing left is selected.
            Assert.All(Results[..6], round => Assert.Contains("\"declined\":0", round, StringComparison.Ordinal));
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _folder.Dispose();
    }
}
