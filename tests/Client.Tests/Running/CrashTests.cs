namespace Sheaf.Client.Tests.Running;

/// <summary>Runs that were killed at a chosen point, SIGKILL and nothing less, and go on: every round as if nothing had happened.</summary>
public sealed class CrashTests(CrashTests.UninterruptedRun whole) : IClassFixture<CrashTests.UninterruptedRun>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The row of the task is written when it is started (1), taken over (2) and given its first checkpoint (3), to commit a round
    // (4 to 7), when the last round is recorded (8), and when the task ends (9).
    [Theory]
    [InlineData("delivery, before a device has its rows", "call:TakeInAsync:3")]
    [InlineData("delivery, a device's rows stored and not acknowledged", "written:device:2")]
    [InlineData("start, task stored", "written:task:1")]
    [InlineData("select", "call:LocateAsync:3")]
    [InlineData("configure", "call:GetMomentAsync:4")]
    [InlineData("train, before a device", "call:ContributeAsync:7")]
    [InlineData("train, slice done and not accepted", "return:RunAsync:2")]
    [InlineData("fold, slice in its silo's sum", "return:MergeAsync:2")]
    [InlineData("aggregate, checkpoint half stored", "return:PutChunkAsync:4")]
    [InlineData("aggregate, checkpoint stored", "return:AggregateAsync:2")]
    [InlineData("commit, round recorded and the row not written", "written:round-2:1")]
    [InlineData("commit, after the row", "written:task:5")]
    [InlineData("evaluate, before", "call:RunAsync:3")]
    [InlineData("evaluate, scored and not recorded", "return:RunAsync:3")]
    [InlineData("evaluate, recorded", "written:round-2:2")]
    [InlineData("end, after the row", "written:task:9")]
    public async Task Resume_AfterAKillAtAPoint_GivesTheRoundsOfAnUninterruptedRun(string where, string point)
    {
        var output = _folder.In("killed");

        var killed = await SheafProcess.CrashAsync(point, "run", whole.Study, "--output", output);
        var summaryIsThere = File.Exists(Path.Combine(output, "summary.json"));
        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", output);

        Assert.Equal((where, SheafProcess.Killed, false), (where, killed.ExitCode, summaryIsThere));
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(whole.Rounds, SheafRun.RepeatableRounds(output));
    }

    /// <summary>The run that was left alone.</summary>
    public sealed class UninterruptedRun : IAsyncLifetime, IDisposable
    {
        private readonly TempFolder _folder = new();

        public string Study { get; private set; } = "";

        public string[] Rounds { get; private set; } = [];

        public async Task InitializeAsync()
        {
            _folder.Write("rows.tsv", "device\ttime\ttext\tlabel\n" + string.Concat(Enumerable.Range(0, 120).Select(i =>
                $"d{i % 6}\t{i}\t{(i % 2 == 0 ? "please play song" : "set an alarm for")} {i}\t{(i % 2 == 0 ? "play" : "alarm")}\n")));
            Study = _folder.Write("study.json", """
                {
                  "seed": 7,
                  "population": { "source": "file", "file": { "path": "rows.tsv" }, "shards": 2 },
                  "model": { "type": "softmax-regression", "buckets": 200 },
                  "training": { "rounds": 4, "cohort": 4, "local": { "learningRate": 1 } },
                  "evaluation": { "every": 2 },
                }
                """);
            var run = await SheafRun.InvokeAsync("run", Study, "--output", _folder.In("whole"));
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Rounds = SheafRun.RepeatableRounds(_folder.In("whole"));
            Assert.Equal(4, Rounds.Length);
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _folder.Dispose();
    }
}
