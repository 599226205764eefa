using Npgsql;
using Sheaf.Abstractions;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>Rewriting the files, and what keeps the server from it.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresCleanerTests(PostgresFixture fixture)
{
    private const string Fill = "INSERT INTO OrleansStorage SELECT each, 0, 0, 0, 'state', '', 'sheaf', convert_to(repeat('secret', 1000), 'UTF8'), now(), 1 FROM generate_series(1, 200) each";

    private PostgresServer Server => fixture.Server;

    [SkippableFact]
    public async Task Rewrite_AfterMuchWasDeleted_ShrinksTheFilesAndNamesWhatItDoesNotReach()
    {
        var address = await PrepareAsync("shrunk");
        await PostgresServer.ExecuteAsync(address, "DELETE FROM OrleansStorage WHERE GrainIdHash > 1");
        await using var database = new PostgresDatabase(fixture.OptionsOf(address));
        using var cleaner = new PostgresCleaner(database);

        var rewritten = await cleaner.RewriteAsync();

        // 200 rows of 6,000 bytes, and the indexes' empty pages.
        Assert.InRange(rewritten.BytesBefore, 1_200_000, 3_000_000);
        Assert.InRange(rewritten.BytesAfter, 6_000, 200_000);
        Assert.Equal(
            ["The write-ahead log of", "Replicas have", "Backups and dumps of", "The server's log", "What the file system"],
            rewritten.OutOfReach.Select((text, at) => text[..new[] { 22, 13, 20, 16, 20 }[at]]));
        Assert.Contains($"keep the journal of erasures '{database.Options.JournalFile}'", rewritten.OutOfReach[2], StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Rewrite_WithoutTheRightToACheckpoint_RewritesAndSaysSo()
    {
        await PostgresServer.ExecuteAsync(fixture.Database, "CREATE ROLE plain LOGIN PASSWORD 'x'");
        await PostgresServer.ExecuteAsync(fixture.Database, "CREATE DATABASE of_plain OWNER plain");
        await using var database = new PostgresDatabase(fixture.OptionsOf(Server.ConnectionString("of_plain", "plain", "x")));
        await PostgresStart.EnsureAsync(database, TimeProvider.System, default);
        using var cleaner = new PostgresCleaner(database);

        var rewritten = await cleaner.RewriteAsync();

        Assert.Equal(
            "The user 'plain' may not ask the server for a checkpoint: until its next one (checkpoint_timeout), files that it no longer uses may be on the disk. "
            + "GRANT pg_checkpoint TO \"plain\" (PostgreSQL 15 and newer), or run CHECKPOINT as a superuser.",
            rewritten.OutOfReach[0]);
        Assert.Equal(6, rewritten.OutOfReach.Length);
    }

    [SkippableFact]
    public async Task Rewrite_SomebodyMayStillReadWhatWasDeleted_FailsAndWorksOnceTheyHaveEnded()
    {
        var address = await PrepareAsync("read_from");
        await using var database = new PostgresDatabase(fixture.OptionsOf(address));
        using var cleaner = new PostgresCleaner(database);
        await using var source = NpgsqlDataSource.Create(address);
        await using (var reader = await source.OpenConnectionAsync())
        {
            await using var snapshot = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
            await using var look = new NpgsqlCommand("SELECT 1", reader);
            await look.ExecuteScalarAsync();
            await PostgresServer.ExecuteAsync(address, "DELETE FROM OrleansStorage");

            var failed = await Assert.ThrowsAsync<StorageFailedException>(cleaner.RewriteAsync);

            Assert.Equal(
                $"What was deleted from the database 'read_from' on '{Server.Host}' cannot be taken out of its files: a session, a prepared transaction or a replication slot may read it for "
                + "5 seconds or longer. End it (pg_stat_activity, pg_prepared_xacts and pg_replication_slots show it), and purge again.",
                failed.Message);
            Assert.True(failed.IsPassing);
        }

        Assert.InRange((await cleaner.RewriteAsync()).BytesAfter, 1, 100_000);
    }

    [SkippableFact]
    public async Task Rewrite_BySeveralSilosWhileOthersWrite_SucceedsAndLosesNoWrite()
    {
        var databases = Enumerable.Range(0, 3).Select(_ => new PostgresDatabase(fixture.OptionsOf(fixture.Database))).ToArray();
        var cleaners = databases.Select(database => new PostgresCleaner(database)).ToArray();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var (id, row) = (GrainId.Create("busy", $"busy-{writer}"), new GrainState<string>("0"));
            for (var times = 1; !stop.IsCancellationRequested; times++)
            {
                row.State = $"{times}";
                await fixture.Hosts.Storage.WriteStateAsync("busy", id, row);
            }

            var read = new GrainState<string>();
            await fixture.Hosts.Storage.ReadStateAsync("busy", id, read);
            return read.State == row.State && read.ETag == row.State;
        })).ToArray();

        var rewritten = await Task.WhenAll(cleaners.Select(cleaner => cleaner.RewriteAsync()));
        await stop.CancelAsync();

        Assert.All(await Task.WhenAll(writers), Assert.True);
        Assert.All(rewritten, each => Assert.Equal(5, each.OutOfReach.Length));
        Array.ForEach(cleaners, cleaner => cleaner.Dispose());
        Array.ForEach(databases, database => database.Dispose());
    }

    [SkippableFact]
    public async Task Rewrite_TableIsHeld_GivesUpSoThatTheClusterGoesOn()
    {
        var address = await PrepareAsync("held");
        await using var database = new PostgresDatabase(fixture.OptionsOf(address));
        await using var source = NpgsqlDataSource.Create(address);
        await using var dump = await source.OpenConnectionAsync();
        await using var held = await dump.BeginTransactionAsync();
        // As a backup does, all through.
        await using var hold = new NpgsqlCommand("LOCK TABLE OrleansStorage IN ACCESS SHARE MODE", dump);
        await hold.ExecuteNonQueryAsync();
        using var cleaner = new PostgresCleaner(database);

        var failed = await Assert.ThrowsAsync<StorageFailedException>(cleaner.RewriteAsync);

        Assert.Equal(
            $"The database 'held' on '{Server.Host}' is in use by another session (canceling statement due to lock timeout). "
            + "End that session, for example a backup or an open psql; pg_stat_activity shows it.",
            failed.Message);
        Assert.True(failed.IsPassing);
    }

    [SkippableFact]
    public async Task Rewrite_OfTablesOfAnotherUser_SaysThatNothingWasRewritten()
    {
        await PrepareAsync("owned_by_admin");
        await PostgresServer.ExecuteAsync(fixture.Database, "CREATE ROLE visitor LOGIN PASSWORD 'x'");
        await PostgresServer.ExecuteAsync(Server.ConnectionString("owned_by_admin"), "GRANT ALL ON ALL TABLES IN SCHEMA public TO visitor");
        await using var database = new PostgresDatabase(fixture.OptionsOf(Server.ConnectionString("owned_by_admin", "visitor", "x")));
        using var cleaner = new PostgresCleaner(database);

        var failed = await Assert.ThrowsAsync<StorageFailedException>(cleaner.RewriteAsync);

        Assert.Equal(
            $"The table 'SheafPurge' of the database 'owned_by_admin' on '{Server.Host}' has not been rewritten: the user 'visitor' does not own it. "
            + "Make the user its owner (ALTER TABLE … OWNER TO), and purge again.",
            failed.Message);
    }

    private async Task<string> PrepareAsync(string name)
    {
        var address = await Server.CreateAsync(name);
        await using var database = new PostgresDatabase(fixture.OptionsOf(address));
        await PostgresStart.EnsureAsync(database, TimeProvider.System, default);
        await PostgresServer.ExecuteAsync(address, Fill);
        return address;
    }
}
