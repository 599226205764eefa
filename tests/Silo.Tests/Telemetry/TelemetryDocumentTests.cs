using System.Runtime.CompilerServices;
using Sheaf.Grains.Telemetry;

namespace Sheaf.Silo.Tests.Telemetry;

/// <summary>The table of instruments in <c>silo/TELEMETRY.md</c> is that of the code.</summary>
public sealed class TelemetryDocumentTests
{
    private const string Begin = "<!-- instruments -->\n";
    private const string End = "<!-- end -->\n";

    [Fact]
    public void Table_OfInstruments_IsThatOfTheCode()
    {
        var document = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../silo/TELEMETRY.md"));
        var from = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;

        Assert.Equal(Table(), document[from..document.IndexOf(End, StringComparison.Ordinal)]);
    }

    private static string Table() => "| instrument | kind | unit | tags | what it says |\n|---|---|---|---|---|\n" + string.Concat(SheafMetrics.All.Select(each =>
        $"| `{each.Name}` | {each.Kind} | {each.Unit} | {string.Join(", ", each.Tags.Select(tag => $"`{tag}`"))} | {each.Meaning} |\n"));

    private static string Here([CallerFilePath] string path = "") => path;
}
