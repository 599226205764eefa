using System.Text.Json;
using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Commands;

public sealed class StudiesCommandTests
{
    private const string Voice = "63 intents of a generated voice assistant on 1,000 devices, a few of which speak most.";

    private static readonly string[] Shipped =
    [
        "activity-continual", "activity-static", "diurnal", "gitlog", "irc", "negative-control", "retention", "slurp", "slurp-central", "stragglers", "voice",
    ];

    [Fact]
    public async Task Invoke_Studies_PrintsALineForEach()
    {
        var run = await SheafRun.InvokeAsync("studies");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(Shipped, lines.Select(line => line.Split(' ')[0]));
        Assert.Equal($"voice               {Voice}", lines[^1]);
        Assert.Single(lines.Select(line => line.Length - line.TrimStart().Length).Distinct());
        Assert.All(lines, line => Assert.EndsWith(".", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_StudiesAsJson_PrintsAnArray()
    {
        var run = await SheafRun.InvokeAsync("studies", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(Shipped, json.RootElement.EnumerateArray().Select(study => study.GetProperty("name").GetString()));
        Assert.Equal(["description", "name"], json.RootElement[Shipped.Length - 1].EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Voice, json.RootElement[Shipped.Length - 1].GetProperty("description").GetString());
    }
}
