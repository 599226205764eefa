using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sheaf.Client.Tests.Running;

/// <summary>Studies with arms and seeds, from the command line to the files of their results.</summary>
public sealed class ArmsRunTests : IDisposable
{
    private static readonly string Study = SheafRun.SmallStudy.Replace(
        "\"seed\": 7", """
        "seeds": [3, 2], "arms": { "even": { "training.selection.strategy": "uniform" }, "active": { "training": { "selection": { "exponent": 1 } } } }
        """, StringComparison.Ordinal);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_ArmsAndSeeds_LeavesARunEachAndAComparison()
    {
        var run = await SheafRun.InvokeAsync("run", _folder.Write("s.json", Study), "--output", _folder.In("a"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Run 3 of 4: arm even, seed 2\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith($"Results: {_folder.In("a")} (report.html, summary.json, study.json)\n", run.Output, StringComparison.Ordinal);
        Assert.All(
            ["even/seed-3", "even/seed-2", "active/seed-3", "active/seed-2"],
            part => Assert.All(["study.json", "rounds.jsonl", "summary.json", "report.html"], file => Assert.True(File.Exists(_folder.In($"a/{part}/{file}")), $"{part}/{file}")));
        var summary = SheafRun.Read(_folder.In("a"), "summary.json");
        Assert.Equal(["even", "active"], summary.GetProperty("arms").EnumerateArray().Select(arm => arm.GetProperty("arm").GetString()));
        var mean = new[] { 2, 3 }.Average(seed => AccuracyOf($"even/seed-{seed}"));
        Assert.Equal(mean, summary.GetProperty("arms")[0].GetProperty("lastAccuracy").GetProperty("mean").GetDouble(), 12);
        var ahead = new[] { 2, 3 }.Average(seed => AccuracyOf($"active/seed-{seed}") - AccuracyOf($"even/seed-{seed}"));
        Assert.Equal(ahead, summary.GetProperty("differencesByRound")[0].GetProperty("difference").GetProperty("mean").GetDouble(), 12);
    }

    [Fact]
    public async Task Run_OneOfTheRunsAgainByItself_GivesTheSameRounds()
    {
        await SheafRun.InvokeAsync("run", _folder.Write("s.json", Study), "--arm", "even", "--seeds", "5,6", "--output", _folder.In("a"));

        var again = await SheafRun.InvokeAsync("run", _folder.In("a/even/seed-6/study.json"), "--output", _folder.In("b"));

        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("a/even/seed-6")), SheafRun.RepeatableRounds(_folder.In("b")));
        Assert.False(Directory.Exists(_folder.In("a/active")));
    }

    [Fact]
    public async Task Report_FolderOfAStudy_KeepsTheOrderOfItsArms()
    {
        var run = await SheafRun.InvokeAsync("run", _folder.Write("s.json", Study), "--seed", "4", "--output", _folder.In("a"), "--json");

        var report = await SheafRun.InvokeAsync("report", _folder.In("a"), "--json");

        var (printed, rebuilt) = (JsonNode.Parse(run.Output)!, JsonNode.Parse(report.Output)!);
        Assert.Equal(["even", "active"], rebuilt["arms"]!.AsArray().Select(arm => (string)arm!["arm"]!));
        Assert.Equal(printed["arms"]!.ToJsonString(), rebuilt["arms"]!.ToJsonString());
        Assert.Equal(_folder.In("a"), (string)printed["output"]!);
        Assert.Contains("<h2>Difference from even by round</h2>", File.ReadAllText(_folder.In("a/report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ArmsOfAFile_ReadTheSameRows()
    {
        var data = _folder.Write("d.tsv", "device\ttime\ttext\tlabel\n" + string.Concat(Enumerable.Range(0, 60).Select(row =>
            $"d{row % 6}\t{row}\t{(row % 2 == 0 ? "play a song" : "set an alarm")} {row}\t{(row % 2 == 0 ? "play" : "alarm")}\n")));
        var study = _folder.Write("s.json", Study.Replace("\"cohort\": 8", "\"cohort\": 4", StringComparison.Ordinal));

        var run = await SheafRun.InvokeAsync("run", study, "--data", data, "--seeds", "1", "--output", _folder.In("a"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(["even", "active"], arm => Assert.Equal(6, SheafRun.Read(_folder.In($"a/{arm}/seed-1"), "summary.json").GetProperty("devices").GetInt32()));
    }

    [Fact]
    public async Task Run_NothingHeldOut_ShowsArmsWithoutScores()
    {
        var study = Study.Replace("\"shards\"", "\"heldOut\": 0, \"shards\"", StringComparison.Ordinal);

        var run = await SheafRun.InvokeAsync("run", _folder.Write("s.json", study), "--seeds", "1", "--output", _folder.In("a"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var arm = SheafRun.Read(_folder.In("a"), "summary.json").GetProperty("arms")[0];
        Assert.Equal((JsonValueKind.Null, 3), (arm.GetProperty("lastAccuracy").ValueKind, arm.GetProperty("rounds").GetProperty("mean").GetInt32()));
        Assert.False(File.Exists(_folder.In("a/report.html")));
    }

    [Theory]
    [InlineData("--arm evn", "arms: there is no arm 'evn'. Did you mean 'even'?\n")]
    [InlineData("--seeds 4,4", "seeds: 4 is there more than once. Use every seed once: the same seed gives the same run.\n")]
    [InlineData("--seeds 4,x", "--seeds: 'x' is not a whole number from 0 to 18446744073709551615.\n")]
    [InlineData("--seeds 4 --seed 5", "--seed and --seeds: give one of the two.\n")]
    public async Task Run_WrongArmsOrSeeds_SaysWhatIsWrong(string options, string expected)
    {
        var run = await SheafRun.InvokeAsync(["run", _folder.Write("s.json", Study), "--output", _folder.In("a"), .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("a")));
    }

    [Fact]
    public async Task Device_FolderOfAStudy_AsksForOneOfItsRuns()
    {
        Directory.CreateDirectory(_folder.In("a"));
        _folder.Write("a/study.json", Study);

        var device = await SheafRun.InvokeAsync("device", "show", "1", "--output", _folder.In("a"));

        var message = $"'{_folder.In("a")}' has 4 runs. Name one of them with --output, for example {_folder.In("a/even/seed-3")}.\n";
        Assert.Equal((1, message), (device.ExitCode, device.Error));
    }

    [Fact]
    public async Task Validate_Arms_AreCountedAndCheckedAgainstTheData()
    {
        var study = _folder.Write("s.json", Study);

        var right = await SheafRun.InvokeAsync("validate", study);
        var wrong = await SheafRun.InvokeAsync("validate", study, "--set", "population.generated.devices=40", "--set", "arms={\"a\":{\"training.cohort\":41}}");

        Assert.Equal("valid: small, arms even, active, seeds 3, 2 (4 runs); 3 rounds of 8 devices; softmax-regression, power, fedavg; 40 generated devices\n", right.Output);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("arms.a.training.cohort: 41 is more than the 40 devices", wrong.Error, StringComparison.Ordinal);
    }

    private double AccuracyOf(string run) =>
        SheafRun.Read(_folder.In($"a/{run}"), "summary.json").GetProperty("metrics").GetProperty("accuracy").GetDouble();
}
