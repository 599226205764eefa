using System.Globalization;
using System.Text.Json.Nodes;

namespace Sheaf.Client.Tests.Running;

/// <summary>Continual runs on rows of a file, from the command line to what they leave behind.</summary>
public sealed class ContinualRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_PeriodsWithoutARow_AreRecordedAndGoneThrough()
    {
        // Sixty rows, then nothing for two of the four periods, then sixty rows; one period is kept.
        Write(Enumerable.Range(0, 120).Select(i => i < 60 ? i : 1000 + i));

        await RunAsync("\"cut\": \"time\"", "\"periods\": 4, \"retention\": { \"periodsMax\": 1 }");

        var periods = Lines("periods.jsonl");
        Assert.Equal([0, 1, 2, 3], periods.Select(period => (int)period["period"]!));
        Assert.Equal([1, 3, 5, 7], periods.Select(period => (int)period["round"]!));
        Assert.Equal(
            [null, "no device has any new example", "no device has any new example", null], periods.Select(period => (string?)period["unscored"]));
        var rounds = Lines("rounds.jsonl");
        const string nothing = "no device has any example to train on";
        Assert.Equal([null, null, nothing, nothing, nothing, nothing, null, null], rounds.Select(round => (string?)round["abandoned"]));
        Assert.Equal(rounds[1]["checkpoint"]!.ToString(), rounds[5]["checkpoint"]!.ToString());
    }

    [Fact]
    public async Task Run_ByRows_EveryPeriodHasAsManyAndAllOfItIsScoredBeforeItIsDeleted()
    {
        Write(Enumerable.Range(0, 120));

        var output = await RunAsync("\"cut\": \"rows\"", "\"periods\": 3, \"heldOut\": 0, \"retention\": { \"examplesMax\": 2 }");

        // Six devices keep two examples each, but score all forty.
        Assert.Equal([40, 40, 40], Lines("periods.jsonl").Select(period => (int)period["prequential"]!["examples"]!));
        Assert.Equal(12, SheafRun.Read(_folder.In("out"), "summary.json").GetProperty("examples").GetInt32());
        Assert.All(Lines("rounds.jsonl"), round => Assert.InRange((int)round["examples"]!, 1, 6));
        Assert.Matches(@"\nAccuracy \d+\.\d%, loss \d\.\d{3}, on new examples, before anybody trained on them\.\n", output);
        Assert.DoesNotContain("no device trained on", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AtOnce_HasItsRoundsAfterAllData()
    {
        Write(Enumerable.Range(0, 120));

        await RunAsync("\"cut\": \"rows\"", "\"periods\": 3, \"arrival\": \"at-once\"");

        Assert.Equal([2, 2], Lines("rounds.jsonl").Select(round => (int)round["period"]!));
        Assert.False(File.Exists(_folder.In("out/periods.jsonl")));
    }

    private void Write(IEnumerable<int> times) => _folder.Write("rows.tsv", "device\ttime\ttext\tlabel\n" + string.Concat(times.Select((time, i) => string.Create(
        CultureInfo.InvariantCulture, $"d{i % 6}\t{time}\t{(i % 2 == 0 ? "please play song" : "set an alarm for")} {i % 31}\t{(i % 2 == 0 ? "play" : "alarm")}\n"))));

    private async Task<string> RunAsync(string file, string population)
    {
        var study = _folder.Write("study.json", $$"""
            {
              "population": { "source": "file", "file": { "path": "rows.tsv", {{file}} }, "shards": 2, {{population}} },
              "model": { "type": "softmax-regression", "buckets": 200 },
              "training": { "rounds": 2, "cohort": 3, "local": { "learningRate": 1 } }
            }
            """);
        var run = await SheafRun.InvokeAsync("run", study, "--output", _folder.In("out"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Output;
    }

    private JsonNode[] Lines(string file) => [.. File.ReadLines(_folder.In($"out/{file}")).Select(line => JsonNode.Parse(line)!)];
}
