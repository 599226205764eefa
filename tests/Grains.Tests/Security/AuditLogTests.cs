using Sheaf.Client.Tests.Running;
using Sheaf.Silo.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>The file of the audit log.</summary>
public sealed class AuditLogTests : IDisposable
{
    private static readonly AuditLine Line = new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "S1", 1, "intent", "CN=ann", "AB", "erase", "IDevice.EraseAsync", "p/d", "{}");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-audit-");

    private string LogFile => Path.Combine(_folder.FullName, "audit.jsonl");

    [Fact]
    public async Task Append_Lines_AreJsonWithWhatIsKnown()
    {
        using var log = new AuditLog(new AuditOptions { File = LogFile });

        await log.AppendAsync(Line);
        await log.AppendAsync(Line with { Phase = "outcome", Outcome = "done", Receipt = 7 });

        Assert.Equal(
            [
                """{"time":"2026-01-02T03:04:05+00:00","silo":"S1","call":1,"phase":"intent","who":"CN=ann","certificate":"AB","role":"erase","what":"IDevice.EraseAsync","target":"p/d","detail":"{}"}""",
                """{"time":"2026-01-02T03:04:05+00:00","silo":"S1","call":1,"phase":"outcome","who":"CN=ann","certificate":"AB","role":"erase","what":"IDevice.EraseAsync","target":"p/d","detail":"{}","outcome":"done","receipt":7}""",
            ],
            await File.ReadAllLinesAsync(LogFile));
    }

    [Fact]
    public async Task Append_AfterALineThatWasCutOff_BeginsALineOfItsOwn()
    {
        await File.WriteAllTextAsync(LogFile, "{\"time\":");
        using var log = new AuditLog(new AuditOptions { File = LogFile });

        await log.AppendAsync(Line);

        Assert.Equal(["{\"time\":", "{\"time\":\"2026-01-02T03:04:05+00:00\""], (await File.ReadAllLinesAsync(LogFile)).Select(line => line.Split(',')[0]));
    }

    [SkippableFact]
    public async Task Append_DiskIsFull_ThrowsAndGoesOnWithALineOfItsOwn()
    {
        using var disk = SmallDisk.Mount(_folder.FullName, mebibytes: 1);
        using var log = new AuditLog(new AuditOptions { File = LogFile });
        await log.AppendAsync(Line);
        disk.Fill("ballast");

        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(Line with { Detail = new string('x', 100_000) }));
        disk.Enlarge(mebibytes: 2);
        await log.AppendAsync(Line with { Call = 3 });

        var lines = await File.ReadAllLinesAsync(LogFile);
        Assert.Contains("\"call\":1,", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"call\":3,", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_ManyAtOnce_AllLinesAreWhole()
    {
        using var log = new AuditLog(new AuditOptions { File = LogFile });

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => log.AppendAsync(Line with { Call = log.NextCall() }))));

        Assert.Equal(
            Enumerable.Range(1, 50),
            (await File.ReadAllLinesAsync(LogFile)).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("call").GetInt32()).Order());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
