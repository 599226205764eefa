using System.Text;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>What is left in the server's files of what was erased, once it is purged.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresPurgeTests
{
    private const string Name = "bytes";
    private const int Devices = 12;
    private const int Kept = Devices - 1;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [SkippableFact]
    public async Task Purge_AfterDevicesWereErased_LeavesNoByteOfThemInAnyFileButTheWriteAheadLog()
    {
        PostgresServer.SkipWithout();
        // A server as it comes, which takes what it is told to the disk.
        await using var server = await PostgresServer.StartAsync("");
        var options = new PostgresOptions { ConnectionString = await server.CreateAsync("purged"), JournalFile = Path.Combine(server.Folder, "erasures.jsonl") };
        await using var hosts = await PostgresHosts.StartAsync(options, silos: 3);
        var population = hosts.Grains.GetGrain<IPopulation>(Name);
        await PushAsync(population);
        await Task.WhenAll(Enumerable.Range(0, Kept).Select(device => Device(hosts, device).EraseAsync(EraseSpec.All)));
        await PostgresServer.ExecuteAsync(options.ConnectionString, "CHECKPOINT; ANALYZE");
        // The rows are without them at once; the files are not.
        var rows = Found(await RowsAsync(options.ConnectionString));
        Assert.Equal([Kept], rows);
        Assert.True(Found(ReadFiles(server, isLog: false)).Length > 1, "The erase itself has left nothing: this test shows nothing.");

        var purge = await population.PurgeAsync();

        Assert.Equal([Kept], Found(ReadFiles(server, isLog: false)));
        // Of what the report says that it is out of reach.
        Assert.NotEmpty(Found(ReadFiles(server, isLog: true)).Except([Kept]));
        Assert.Contains(purge.OutOfReach, text => text.StartsWith("The write-ahead log", StringComparison.Ordinal));
        Assert.Equal(Kept, purge.Receipts);
        Assert.True(purge.BytesAfter < purge.BytesBefore, $"{purge.BytesBefore} bytes became {purge.BytesAfter}.");
        var receipt = Assert.Single((await Device(hosts, 0).GetStatusAsync()).Receipts);
        Assert.Equal(purge.Ended, receipt.PhysicallyErasedAt);
    }

    [SkippableFact]
    public async Task Restore_OfABackupFromBeforeAnErase_ErasesAgain()
    {
        PostgresServer.SkipWithout();
        await using var server = await PostgresServer.StartAsync();
        var options = new PostgresOptions { ConnectionString = await server.CreateAsync("backed_up"), JournalFile = Path.Combine(server.Folder, "erasures.jsonl") };
        await using (var hosts = await PostgresHosts.StartAsync(options, silos: 1))
        {
            await PushAsync(hosts.Grains.GetGrain<IPopulation>(Name));
        }

        await PostgresServer.ExecuteAsync(server.ConnectionString("postgres"), "CREATE DATABASE backup TEMPLATE backed_up");
        await using (var hosts = await PostgresHosts.StartAsync(options, silos: 1))
        {
            await Device(hosts, 0).EraseAsync(EraseSpec.All);
        }

        Assert.Equal(Enumerable.Range(1, Kept), Found(await RowsAsync(options.ConnectionString)));
        var restored = options with { ConnectionString = server.ConnectionString("backup") };
        Assert.Equal(Enumerable.Range(0, Devices), Found(await RowsAsync(restored.ConnectionString)));
        await using (var hosts = await PostgresHosts.StartAsync(restored, silos: 2))
        {
            Assert.Single((await Device(hosts, 0).GetStatusAsync()).Receipts);
        }

        Assert.Equal(Enumerable.Range(1, Kept), Found(await RowsAsync(restored.ConnectionString)));
    }

    private static IDevice Device(PostgresHosts hosts, int device) => hosts.Grains.GetGrain<IDevice>(DeviceKey.Of(Name, $"device-{device:D2}"));

    /// <summary>Texts of many lengths: some fit into a row, others the server puts aside in pieces.</summary>
    private static async Task PushAsync(IPopulation population)
    {
        await population.RegisterAsync(TinyStudy.Pushed());
        await population.IntakeAsync([.. Enumerable.Range(0, Devices * 6).Select(row => new Arrival(
            $"device-{row / 6:D2}", row, Start.AddHours(row), $"{Secret(row / 6)} is secret {new string('x', row % 37 * 30)}", "play", false))]);
        await population.SealAsync(Start.AddHours(Devices * 6));
    }

    private static string Secret(int device) => $"the text of {device:D2}";

    private static int[] Found(byte[] bytes) =>
        [.. Enumerable.Range(0, Devices).Where(device => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret(device))) >= 0)];

    private static async Task<byte[]> RowsAsync(string database) =>
        [.. (await PostgresServer.QueryAsync(database, "SELECT encode(PayloadBinary, 'hex') FROM OrleansStorage")).SelectMany(Convert.FromHexString)];

    private static byte[] ReadFiles(PostgresServer server, bool isLog) =>
    [
        .. Directory.EnumerateFiles(server.DataFolder, "*", SearchOption.AllDirectories)
            .Where(file => file.StartsWith(Path.Combine(server.DataFolder, "pg_wal"), StringComparison.Ordinal) == isLog)
            .SelectMany(file =>
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var bytes = new byte[stream.Length];
                return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
            }),
    ];
}
