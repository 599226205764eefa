using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sheaf.Client.Tests.Running;

/// <summary>Runs the command in this process, as a shell would, and keeps what it said.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Output">What it said.</param>
/// <param name="Error">What it complained of.</param>
internal sealed record SheafRun(int ExitCode, string Output, string Error)
{
    /// <summary>A small generated study: 3 rounds of 8 of 40 devices, evaluated after the second and the last.</summary>
    public const string SmallStudy = """
        {
          // Small, so that a test takes a second.
          "name": "small",
          "seed": 7,
          "population": { "generated": { "devices": 40 }, "shards": 2 },
          "model": { "type": "softmax-regression", "buckets": 200 },
          "training": { "rounds": 3, "cohort": 8, "local": { "learningRate": 1 } },
          "evaluation": { "every": 2 },
        }
        """;

    public static async Task<SheafRun> InvokeAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await SheafCommand.InvokeAsync(args, output, error);
        return new SheafRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The lines of a run's rounds.jsonl, without what may differ from run to run.</summary>
    public static string[] RepeatableRounds(string folder) => [.. File.ReadLines(Path.Combine(folder, "rounds.jsonl")).Select(line =>
    {
        var round = JsonNode.Parse(line)!.AsObject();
        Assert.True(round.Remove("execution"));
        return round.ToJsonString();
    })];

    public static JsonElement Read(string folder, string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file)));
        return json.RootElement.Clone();
    }

    /// <summary>The names and types of an object's fields, sections' fields behind a dot, in the order of the file.</summary>
    public static IEnumerable<string> Shape(JsonElement json, string prefix = "") => json.EnumerateObject().SelectMany(field =>
        field.Value.ValueKind == JsonValueKind.Object && field.Value.EnumerateObject().Any()
            ? Shape(field.Value, $"{prefix}{field.Name}.")
            : [$"{prefix}{field.Name}: {(field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : field.Value.ValueKind)}"]);
}
