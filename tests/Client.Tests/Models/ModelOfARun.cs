using System.Globalization;
using System.Text.Json;
using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Models;

/// <summary>A finished run on a file of noisy rows whose parts are known, for the tests that look at its model.</summary>
public sealed class ModelOfARun : IAsyncLifetime
{
    /// <summary>The study: an embedding bag of words and pairs of words, small, so that a test takes a second.</summary>
    internal const string Study = """
        {
          "name": "small",
          "seed": 7,
          "population": { "source": "file", "shards": 2, "file": { "columns": { "split": "part" } } },
          "model": { "buckets": 200, "embeddingSize": 6, "hiddenSize": 5, "bigrams": true },
          "training": { "rounds": 3, "cohort": 6, "local": { "epochs": 10, "learningRate": 0.5 } }
        }
        """;

    private const int Rows = 240;
    private const int Devices = 6;

    private static readonly string[] Openings = ["Please play Zoë's song", "set an ALARM for", "don’t play 'it'", "42 alarms,"];

    internal TempFolder Folder { get; } = new();

    /// <summary>The run's folder.</summary>
    public string Run => Folder.In("run");

    /// <summary>Its summary.</summary>
    internal JsonElement Summary => SheafRun.Read(Run, "summary.json");

    /// <summary>The rows that no device trained on.</summary>
    internal static (string Text, string Label)[] HeldOut => [.. Enumerable.Range(0, Rows).Where(IsHeldOut).Select(RowOf)];

    public async Task InitializeAsync()
    {
        var data = Folder.Write("d.tsv", "device\ttime\ttext\tlabel\tpart\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"d{i % Devices}\t{i}\t{RowOf(i).Text}\t{RowOf(i).Label}\t{(IsHeldOut(i) ? "test" : "train")}\n"))));
        var run = await SheafRun.InvokeAsync("run", Folder.Write("small.json", Study), "--data", data, "--output", Run);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    public Task DisposeAsync()
    {
        Folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A file of rows with the columns that the study names, as far as scoring needs them.</summary>
    internal string Write(string name, IEnumerable<(string Text, string Label)> rows) =>
        Folder.Write(name, "text\tlabel\n" + string.Concat(rows.Select(row => $"{row.Text}\t{row.Label}\n")));

    private static bool IsHeldOut(int i) => i % 4 == 3;

    // One row in seven says the opposite of what its words do, so that no model gets all of them right.
    private static (string Text, string Label) RowOf(int i)
    {
        var opening = (i / Devices * 5) % Openings.Length;
        return (string.Create(CultureInfo.InvariantCulture, $"{Openings[opening]} {i % 11}"), (opening % 2 == 0) == (i % 7 != 0) ? "play" : "alarm");
    }
}
