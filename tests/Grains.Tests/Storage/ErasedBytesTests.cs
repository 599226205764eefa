using System.Text;
using Microsoft.Data.Sqlite;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Silo.Storage;

namespace Sheaf.Grains.Tests.Storage;

/// <summary>What is left in the files of the database: nothing of what was erased, when the call has returned.</summary>
[Collection(Clusters.Name)]
public sealed class ErasedBytesTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private SheafCluster Cluster => shared.One;

    [Fact]
    public async Task Erase_OfADevice_LeavesNoByteOfItInAnyFileOfTheFolder()
    {
        const string name = "bytes";
        await PushAsync(name, devices: 1);
        Assert.True(FilesHave("bytes 00 00 is secret"));

        await Cluster.Device(name, "device-0").EraseAsync(new EraseSpec(Ids: [0]));

        Assert.False(FilesHave("bytes 00 00 is secret"));
        Assert.True(FilesHave("bytes 00 01 is secret"));
    }

    [Fact]
    public async Task Erase_OfManyDevicesAtOnce_LeavesNothingOfAnyAndPurgeCompletesTheReceipts()
    {
        const string name = "many-bytes";
        const int Devices = 40;
        await PushAsync(name, Devices);

        await Task.WhenAll(Enumerable.Range(0, Devices - 1).Select(device => Cluster.Device(name, $"device-{device}").EraseAsync(EraseSpec.All)));

        var files = Read();
        Assert.All(Enumerable.Range(0, Devices - 1), device => Assert.True(files.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"{name} {device:D2}")) < 0, $"Device {device} has left something."));
        Assert.True(files.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"{name} {Devices - 1:D2}")) >= 0);

        var purge = await Cluster.Population(name).PurgeAsync();
        Assert.Equal(Devices - 1, purge.Receipts);
        Assert.True(purge.BytesAfter <= purge.BytesBefore, $"{purge.BytesBefore} bytes became {purge.BytesAfter}.");
        Assert.NotEmpty(purge.OutOfReach);
        var receipt = Assert.Single((await Cluster.Device(name, "device-0").GetStatusAsync()).Receipts);
        Assert.Equal(purge.Ended, receipt.PhysicallyErasedAt);
        // What is erased after it waits for the next one.
        await Cluster.Device(name, $"device-{Devices - 1}").EraseAsync(EraseSpec.All);
        Assert.Null((await Cluster.Device(name, $"device-{Devices - 1}").GetStatusAsync()).Receipts.Single().PhysicallyErasedAt);
        Assert.Equal(1, (await Cluster.Population(name).PurgeAsync()).Receipts);
        Assert.Equal(0, (await Cluster.Population(name).PurgeAsync()).Receipts);
    }

    [Fact]
    public async Task Clean_RowsThatHaveMovedBetweenPages_LeavesNothingOfThem()
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-residue-");
        try
        {
            var (source, found) = (new SqliteDataSource(Path.Combine(folder.FullName, "cluster.db")), 0);
            using var cleaner = new SqliteCleaner(source);
            using var residue = new SqliteResidue(source.File);
            await using var connection = await source.OpenConnectionAsync();
            await ExecuteAsync(connection, "PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, p BLOB); CREATE INDEX i ON t (id);");
            // Rows of many sizes grow and shrink, so that neighbouring pages of the tree share out what they hold again and again.
            var random = new Random(5);
            var rows = new Dictionary<int, List<string>>();
            for (var step = 0; step < 3000; step++)
            {
                var id = random.Next(150);
                var texts = rows.TryGetValue(id, out var known) ? known : rows[id] = [];
                var isErased = random.Next(12) == 0 && texts.Count > 0;
                string[] gone = isErased ? [.. texts] : [];
                texts.RemoveAll(gone.Contains);
                if (!isErased)
                {
                    texts.Add($"secret number {step:D6} {new string('x', random.Next(400))}");
                }

                await ExecuteAsync(connection, "INSERT INTO t VALUES (@id, @p) ON CONFLICT DO UPDATE SET p = excluded.p", ("@id", id), ("@p", Encoding.UTF8.GetBytes(string.Concat(texts))));
                if (isErased)
                {
                    await ExecuteAsync(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
                    found += residue.Has(gone) ? 1 : 0;
                    await cleaner.CleanAsync(gone);
                    var bytes = await File.ReadAllBytesAsync(source.File);
                    Assert.All(gone, text => Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text[..20])) < 0, $"'{text[..20]}' is left after step {step}."));
                }
            }

            // A checkpoint alone would not have done: otherwise this test shows nothing.
            Assert.NotEqual(0, found);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Clean_WhileSomebodyReadsFromTheLog_SaysSoAndWorksOnceTheyHaveEnded()
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-reader-");
        try
        {
            var source = new SqliteDataSource(Path.Combine(folder.FullName, "cluster.db"));
            using var cleaner = new SqliteCleaner(source);
            await using var writer = await source.OpenConnectionAsync();
            await ExecuteAsync(writer, "PRAGMA journal_mode = WAL; CREATE TABLE t (p TEXT); INSERT INTO t VALUES ('a secret that must go');");
            await using (var reader = (SqliteConnection)await source.OpenConnectionAsync())
            {
                await ExecuteAsync(reader, "BEGIN; SELECT * FROM t;");
                await ExecuteAsync(writer, "UPDATE t SET p = '';");

                var failed = await Assert.ThrowsAsync<StorageFailedException>(() => cleaner.CleanAsync(["a secret that must go"]));

                Assert.Equal(
                    $"The write-ahead log of '{source.File}' cannot be truncated: another program has read from it for 5 seconds or longer. "
                    + "End that program, for example a database browser or a backup, and erase again.",
                    failed.Message);
                // Others could write all the while.
                await ExecuteAsync(writer, "INSERT INTO t VALUES ('another');");
                await ExecuteAsync(reader, "COMMIT;");
            }

            await cleaner.CleanAsync(["a secret that must go"]);

            Assert.Equal(0, new FileInfo(source.File + "-wal").Length);
            Assert.True((await File.ReadAllBytesAsync(source.File)).AsSpan().IndexOf("a secret that"u8) < 0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Rewrite_AfterMuchWasDeleted_ShrinksTheFile()
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-rewrite-");
        try
        {
            var source = new SqliteDataSource(Path.Combine(folder.FullName, "cluster.db"));
            using var cleaner = new SqliteCleaner(source);
            await using var connection = await source.OpenConnectionAsync();
            await ExecuteAsync(connection, "PRAGMA journal_mode = WAL; CREATE TABLE t (p BLOB); INSERT INTO t VALUES (zeroblob(1000000)); DELETE FROM t;");

            var rewritten = await cleaner.RewriteAsync();

            Assert.InRange(rewritten.BytesBefore, 1_000_000, 3_000_000);
            Assert.InRange(rewritten.BytesAfter, 1, 20_000);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ExecuteAsync(System.Data.Common.DbConnection connection, string statement, params (string Name, object Value)[] values)
    {
        await using var command = (SqliteCommand)connection.CreateCommand();
        command.CommandText = statement;
        Array.ForEach(values, value => command.Parameters.AddWithValue(value.Name, value.Value));
        await command.ExecuteNonQueryAsync();
    }

    private bool FilesHave(string text) => Read().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private byte[] Read() => [.. Directory.EnumerateFiles(Path.GetDirectoryName(Cluster.DatabaseFile)!).SelectMany(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    })];

    private async Task PushAsync(string name, int devices)
    {
        var population = Cluster.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed());
        await population.IntakeAsync([.. Enumerable.Range(0, devices * 6).Select(row => new Arrival(
            $"device-{row / 6}", row, Start.AddHours(row), $"{name} {row / 6:D2} {row % 6:D2} is secret {new string('x', row % 37 * 9)}", "play", false))]);
        await population.SealAsync(Start.AddHours(devices * 6));
    }
}
