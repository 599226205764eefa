namespace Sheaf.Client.Tests.Running;

/// <summary>Scoring new examples before they are trained on, in whole runs.</summary>
public sealed class PrequentialRunTests : IDisposable
{
    private const string Study = """
        {
          "seed": 7,
          "population": {
            "generated": { "devices": 40, "examplesMean": 6 }, "periods": 3, "shards": 2, "retention": { "examplesMax": 5 }
          },
          "model": { "type": "softmax-regression", "buckets": 200 },
          "training": { "rounds": 2, "cohort": 8, "local": { "learningRate": 1 } }
        }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A device that is scored is woken, and holds for a while more than it may: neither may change what anybody trains on.
    [Theory]
    [InlineData("training.selection.counts=current")]
    [InlineData("training.selection.counts=stale")]
    [InlineData("population.retention.bytesMax=150")]
    [InlineData("population.retention.overflow=reservoir", "training.selection.decay=0.5")]
    [InlineData("population.retention.ageMaxDays=0.5", "population.retention.overflow=reservoir")]
    public async Task Run_ScoringNewExamples_ChangesNoRound(params string[] changes)
    {
        var with = await RunAsync("with", [.. changes, "evaluation.prequential=true"]);
        var without = await RunAsync("without", [.. changes, "evaluation.prequential=false"]);

        Assert.Equal(without, with);
        Assert.NotEqual(System.Text.Json.JsonValueKind.Null, SheafRun.Read(_folder.In("with"), "summary.json").GetProperty("prequential").ValueKind);
    }

    private async Task<string[]> RunAsync(string output, string[] changes)
    {
        var run = await SheafRun.InvokeAsync(
            ["run", _folder.Write("study.json", Study), "--output", _folder.In(output), .. changes.SelectMany(change => new[] { "--set", change })]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return SheafRun.RepeatableRounds(_folder.In(output));
    }
}
