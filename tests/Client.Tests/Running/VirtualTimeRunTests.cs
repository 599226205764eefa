using System.Text.Json.Nodes;

namespace Sheaf.Client.Tests.Running;

/// <summary>A study by the virtual clock, as a user runs it.</summary>
public sealed class VirtualTimeRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_WithProfiles_TellsTheTimeInAllItLeaves()
    {
        var study = _folder.Write("clock.json", SheafRun.SmallStudy.Replace("\"seed\": 7", """
            "seeds": [7, 8], "arms": { "all": {}, "first": { "training.closing": "cohort", "training.overSelection": 1.5 } }
            """, StringComparison.Ordinal).Replace("\"shards\": 2", "\"shards\": 2, \"behaviour\": { \"profiles\": {} }", StringComparison.Ordinal));

        var run = await SheafRun.InvokeAsync("run", study, "--output", _folder.In("a"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("By the virtual clock the rounds took", run.Output, StringComparison.Ordinal);
        var rounds = File.ReadLines(_folder.In("a/first/seed-7/rounds.jsonl")).Select(line => JsonNode.Parse(line)!).ToArray();
        var end = 0.0;
        foreach (var round in rounds)
        {
            Assert.Equal(end, (double)round["time"]!["start"]!);
            Assert.Equal((12, 8, 4), ((int)round["cohort"]!, (int)round["outcomes"]!["trained"]!, (int)round["outcomes"]!["late"]!));
            Assert.True((bool)round["repeatable"]!);
            end += (double)round["time"]!["seconds"]!;
        }

        Assert.Equal(end / 3600, SheafRun.Read(_folder.In("a/first/seed-7"), "summary.json").GetProperty("virtualHours").GetDouble(), 12);
        var page = File.ReadAllText(_folder.In("a/report.html"));
        Assert.Contains("Accuracy by virtual time", page, StringComparison.Ordinal);
        Assert.Contains("hours to", page, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.In("a/figures/online-by-hours.csv")));
    }

    [Fact]
    public async Task Run_WithATrace_IsFollowed()
    {
        _folder.Write("trace.jsonl", """{"examplesPerSecond": 1000000, "downloadMbits": 1000000, "uploadMbits": 1000000, "online": [[0.3, 1]]}""");
        var study = _folder.Write("traced.json", SheafRun.SmallStudy.Replace("\"shards\": 2", """
            "shards": 2, "behaviour": { "profiles": { "traceFile": "trace.jsonl", "traceHours": 1 } }
            """, StringComparison.Ordinal));

        var run = await SheafRun.InvokeAsync("run", study, "--output", _folder.In("a"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var abandoned = File.ReadLines(_folder.In("a/rounds.jsonl")).Select(line => (string?)JsonNode.Parse(line)!["abandoned"]).ToArray();
        // Nobody is online for 18 minutes, and a round waits for ten.
        string?[] expected = ["no device that could be selected was available", "no device that could be selected was available", null];
        Assert.Equal(expected, abandoned);
    }
}
