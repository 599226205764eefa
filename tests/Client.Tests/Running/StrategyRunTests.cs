namespace Sheaf.Client.Tests.Running;

/// <summary>Every way to select and to aggregate, through a whole cluster.</summary>
public sealed class StrategyRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\"strategy\": \"uniform\"")]
    [InlineData("\"strategy\": \"log\"")]
    [InlineData("\"strategy\": \"top-q\", \"share\": 0.3")]
    [InlineData("\"strategy\": \"softmax\", \"temperature\": 3")]
    [InlineData("\"strategy\": \"round-robin\"")]
    [InlineData("\"strategy\": \"power-of-choice\", \"candidates\": 20")]
    [InlineData("\"strategy\": \"oort\", \"floor\": 0.2")]
    public async Task Run_AnyStrategy_GivesTheSameRoundsOnOneShardAndOnFour(string selection)
    {
        await RunAsync("one", 1, 3, selection);
        await RunAsync("four", 4, 3, selection);

        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("one")), SheafRun.RepeatableRounds(_folder.In("four")));
        Assert.Equal(24, SheafRun.Read(_folder.In("one"), "summary.json").GetProperty("updates").GetInt32());
    }

    [Fact]
    public async Task Run_DevicesWithAdamWAndAProximalTerm_GivesTheSameRoundsOnOneShardAndOnFour()
    {
        const string local = "\"optimizer\": \"adamw\", \"weightDecay\": 0.1, \"proximal\": 0.5";
        await RunAsync("one", 1, 3, "", local: local);
        await RunAsync("four", 4, 3, "", local: local);
        await RunAsync("plain", 1, 3, "");

        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("one")), SheafRun.RepeatableRounds(_folder.In("four")));
        Assert.NotEqual(LossOf("plain"), LossOf("one"), 1e-3);
    }

    [Fact]
    public async Task Run_InverseProbability_WithUniformSelectionIsTheSameAsExamplesAndOtherwiseNot()
    {
        await RunAsync("uniform", 2, 3, "\"strategy\": \"uniform\"", "inverse-probability");
        await RunAsync("examples", 2, 3, "\"strategy\": \"uniform\"", "examples");
        await RunAsync("one", 1, 3, "\"floor\": 0.1", "inverse-probability");
        await RunAsync("four", 4, 3, "\"floor\": 0.1", "inverse-probability");
        await RunAsync("power", 1, 3, "\"floor\": 0.1", "examples");

        var losses = Array.ConvertAll(["uniform", "examples", "one", "power"], LossOf);
        Assert.Equal(losses[1], losses[0], 1e-4);
        Assert.NotEqual(losses[3], losses[2], 1e-4);
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("one")), SheafRun.RepeatableRounds(_folder.In("four")));
    }

    [Fact]
    public async Task Run_RoundRobin_TrainsAllExamplesOnceASweep()
    {
        await RunAsync("a", 2, 5, "\"strategy\": \"round-robin\"");

        // Five rounds of up to 8 are one sweep over the 33 to 40 devices that hold anything to train on.
        var summary = SheafRun.Read(_folder.In("a"), "summary.json");
        Assert.InRange(summary.GetProperty("updates").GetInt32(), 33, 40);
        Assert.Equal(
            summary.GetProperty("examples").GetInt64(),
            SheafRun.RepeatableRounds(_folder.In("a")).Sum(line => Number(line, "examples")));
    }

    [Fact]
    public async Task Run_MinimumGap_SelectsNobodyTwiceWithinIt()
    {
        await RunAsync("one", 1, 6, "\"minimumGap\": 4");
        await RunAsync("four", 4, 6, "\"minimumGap\": 4");

        // Any five cohorts in a row have no device in common: the first four are full, and the fifth has all that are left. The sixth goes on
        // with the first cohort's devices, and nobody else may be selected.
        var rounds = SheafRun.RepeatableRounds(_folder.In("one"));
        var (cohorts, examples) = (Array.ConvertAll(rounds, line => Number(line, "cohort")), Array.ConvertAll(rounds, line => Number(line, "examples")));
        Assert.Equal([8, 8, 8, 8, 8], [.. cohorts[..4], cohorts[5]]);
        Assert.InRange(cohorts[4], 1, 8);
        Assert.Equal(SheafRun.Read(_folder.In("one"), "summary.json").GetProperty("examples").GetInt64(), examples[..5].Sum());
        Assert.Equal(examples[0], examples[5]);
        Assert.Equal(rounds, SheafRun.RepeatableRounds(_folder.In("four")));
    }

    private static long Number(string line, string field) => System.Text.Json.Nodes.JsonNode.Parse(line)![field]!.GetValue<long>();

    private double LossOf(string output) => SheafRun.Read(_folder.In(output), "summary.json").GetProperty("metrics").GetProperty("loss").GetDouble();

    private async Task RunAsync(string output, int shards, int rounds, string selection, string weighting = "equal", string local = "")
    {
        var study = SheafRun.SmallStudy
            .Replace("\"shards\": 2", $"\"shards\": {shards}", StringComparison.Ordinal)
            .Replace(
                "\"rounds\": 3",
                $"\"rounds\": {rounds}, \"weighting\": \"{weighting}\", \"selection\": {{ {selection} }}",
                StringComparison.Ordinal)
            .Replace("\"learningRate\": 1 ", $"\"learningRate\": 1, {local}", StringComparison.Ordinal);
        var run = await SheafRun.InvokeAsync("run", _folder.Write($"{output}.json", study), "--output", _folder.In(output));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }
}
