using System.Text.Json;

namespace Sheaf.Client.Tests.Running;

/// <summary>Studies of generated populations, from the command line to the files of their results.</summary>
public sealed class GeneratedRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_SmallStudy_WritesItsResults()
    {
        var run = await SmallAsync("a");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith($"Results: {_folder.In("a")} (report.html, summary.json, rounds.jsonl, study.json)\n", run.Output);
        var summary = SheafRun.Read(_folder.In("a"), "summary.json");
        Assert.Equal(
            [
                "study: String", "seed: Number", "devices: Number", "examples: Number", "data: Null", "rounds: Number",
                "roundsAbandoned: Number", "updates: Number", "updatesPerSecond: Number", "metrics.accuracy: Number", "metrics.loss: Number", "prequential: Null", "periods: Array", "forgetting: Number",
                "groups: Array", "neverSelected: Number", "gini: Number", "roundSeconds.p50: Number",
                "roundSeconds.p95: Number", "roundSeconds.p99: Number", "elapsedSeconds: Number", "checkpoint: String", "repeatable: Boolean",
            ],
            SheafRun.Shape(summary));
        Assert.Equal(("small", 7), (summary.GetProperty("study").GetString(), summary.GetProperty("seed").GetInt32()));
        Assert.Equal((3, 0), (summary.GetProperty("rounds").GetInt32(), summary.GetProperty("roundsAbandoned").GetInt32()));
        Assert.Equal(24, summary.GetProperty("updates").GetInt32());
        Assert.InRange(summary.GetProperty("devices").GetInt32(), 1, 40);
        Assert.Matches("^[0-9a-f]{64}$", summary.GetProperty("checkpoint").GetString());
        Assert.True(summary.GetProperty("repeatable").GetBoolean());
        Assert.InRange(summary.GetProperty("metrics").GetProperty("accuracy").GetDouble(), 0, 1);
    }

    [Fact]
    public async Task Run_SmallStudy_WritesOneLineARound()
    {
        await SmallAsync("a");

        var lines = File.ReadAllLines(_folder.In("a/rounds.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal([1, 2, 3], lines.Select(line => line.GetProperty("round").GetInt32()));
        Assert.All(lines, line => Assert.Equal(8, line.GetProperty("cohort").GetInt32()));
        Assert.All(lines, line => Assert.Equal(
            8, line.GetProperty("outcomes").EnumerateObject().Sum(outcome => outcome.Value.GetInt32())));
        Assert.Equal(
            [
                "round: Number", "abandoned: Null", "cohort: Number", "outcomes.trained: Number", "outcomes.declined: Number",
                "outcomes.failed: Number", "outcomes.late: Number", "outcomes.erased: Number", "outcomes.notFinite: Number",
                "outcomes.outOfBounds: Number", "outcomes.droppedOut: Number", "examples: Number", "trainLoss: Number", "metrics: Null", "updateBytes: Number",
                "checkpoint: String", "repeatable: Boolean", "execution.attempts: Number", "execution.seconds.select: Number",
                "execution.seconds.configure: Number", "execution.seconds.train: Number", "execution.seconds.aggregate: Number",
                "execution.seconds.commit: Number", "period: Number",
            ],
            SheafRun.Shape(lines[0]));
        Assert.Contains("metrics.accuracy: Number", SheafRun.Shape(lines[1]));
        Assert.Contains("execution.seconds.evaluate: Number", SheafRun.Shape(lines[2]));
        Assert.Equal(
            lines[2].GetProperty("checkpoint").GetString(), SheafRun.Read(_folder.In("a"), "summary.json").GetProperty("checkpoint").GetString());
    }

    [Fact]
    public async Task Run_WrittenStudyAgain_GivesTheSameRounds()
    {
        await SmallAsync("a");

        var again = await SheafRun.InvokeAsync("run", _folder.In("a/study.json"), "--output", _folder.In("b"));

        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("a")), SheafRun.RepeatableRounds(_folder.In("b")));
        Assert.Equal(File.ReadAllText(_folder.In("a/study.json")), File.ReadAllText(_folder.In("b/study.json")));
    }

    [Fact]
    public async Task Run_AnotherSeed_GivesAnotherCheckpoint()
    {
        await SmallAsync("a");
        await SmallAsync("b", "--seed", "8");

        var (first, second) = (SheafRun.Read(_folder.In("a"), "summary.json"), SheafRun.Read(_folder.In("b"), "summary.json"));
        Assert.Equal((7, 8), (first.GetProperty("seed").GetInt32(), second.GetProperty("seed").GetInt32()));
        Assert.NotEqual(first.GetProperty("checkpoint").GetString(), second.GetProperty("checkpoint").GetString());
    }

    [Fact]
    public async Task Run_Json_PrintsOneObjectAndNothingElse()
    {
        var run = await SmallAsync("a", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var printed = JsonDocument.Parse(run.Output);
        var summary = SheafRun.Read(_folder.In("a"), "summary.json");
        Assert.Equal([.. SheafRun.Shape(summary), "output: String"], SheafRun.Shape(printed.RootElement));
        Assert.Equal(_folder.In("a"), printed.RootElement.GetProperty("output").GetString());
        Assert.Equal(summary.GetProperty("checkpoint").GetString(), printed.RootElement.GetProperty("checkpoint").GetString());
    }

    [Fact]
    public async Task Run_NothingHeldOut_HasNoMetrics()
    {
        var study = _folder.Write("study.json", SheafRun.SmallStudy.Replace("\"shards\"", "\"heldOut\": 0, \"shards\"", StringComparison.Ordinal));

        var run = await SheafRun.InvokeAsync("run", study, "--output", _folder.In("a"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(JsonValueKind.Null, SheafRun.Read(_folder.In("a"), "summary.json").GetProperty("metrics").ValueKind);
        Assert.DoesNotContain("Accuracy", run.Output);
    }

    [Fact]
    public async Task Run_OutputThatIsNoTerminal_IsShortAndFitsIntoEightyColumns()
    {
        var lines = (await SmallAsync("a")).Output.TrimEnd('\n').Split('\n');

        // The last line has the folder's path, which is never broken.
        Assert.All(lines[..^1], line => Assert.InRange(line.Length, 0, 80));
        Assert.InRange(lines.Length, 8, 24);
        Assert.DoesNotContain('\u001b', string.Concat(lines));
        Assert.DoesNotContain('\r', string.Concat(lines));
    }

    private Task<SheafRun> SmallAsync(string output, params string[] more) =>
        SheafRun.InvokeAsync(["run", _folder.Write("small.json", SheafRun.SmallStudy), "--output", _folder.In(output), .. more]);
}
