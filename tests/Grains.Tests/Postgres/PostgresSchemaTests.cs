using Sheaf.Abstractions;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>The schema, and what a silo asks of the database before it starts.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresSchemaTests(PostgresFixture fixture)
{
    private PostgresServer Server => fixture.Server;

    [SkippableFact]
    public async Task Ensure_TenAtOnce_CreatesItOnce()
    {
        var database = await Server.CreateAsync("created_at_once");
        var ten = Enumerable.Range(0, 10).Select(_ => new PostgresDatabase(fixture.OptionsOf(database))).ToArray();

        await Task.WhenAll(ten.Select(each => Task.Run(() => PostgresStart.EnsureAsync(each, TimeProvider.System, default))));

        Assert.Equal(["1", "2"], await PostgresServer.QueryAsync(database, "SELECT Version FROM SheafSchema"));
        Assert.Equal(
            PostgresQueries.All.Select(pair => $"{pair.Key} {pair.Value}").Order(StringComparer.Ordinal),
            (await PostgresServer.QueryAsync(database, "SELECT QueryKey || ' ' || QueryText FROM OrleansQuery")).Order(StringComparer.Ordinal));
        Array.ForEach(ten, each => each.Dispose());
    }

    [SkippableFact]
    public async Task Ensure_Again_ChangesNothing()
    {
        var database = await Server.CreateAsync("created_twice");
        await EnsureAsync(database);
        // Of every row its place and the transaction that wrote it, and of every table and index its file.
        string[] Queries() => ["OrleansQuery", "SheafSchema", "OrleansStorage"];
        Task<string[]> StateAsync() => PostgresServer.QueryAsync(
            database,
            string.Join(" UNION ALL ", Queries().Select(table => $"SELECT '{table}' || ctid || xmin FROM {table}"))
            + " UNION ALL SELECT relname || relfilenode || xmin FROM pg_class ORDER BY 1");
        await PostgresServer.ExecuteAsync(database, "INSERT INTO OrleansStorage VALUES (1, 2, 3, 4, 'a', 'b', 'c', 'd', now(), 1)");
        var before = await StateAsync();

        await EnsureAsync(database);

        Assert.Equal(before, await StateAsync());
    }

    [SkippableFact]
    public async Task Ensure_QueryOfAnotherBuild_IsReplaced()
    {
        var database = await Server.CreateAsync("old_query");
        await EnsureAsync(database);
        await PostgresServer.ExecuteAsync(database, "UPDATE OrleansQuery SET QueryText = 'SELECT 1' WHERE QueryKey = 'ReadFromStorageKey'; DELETE FROM OrleansQuery WHERE QueryKey = 'ClearStorageKey'");

        await EnsureAsync(database);

        Assert.Equal(
            PostgresQueries.All.Values.Order(StringComparer.Ordinal),
            (await PostgresServer.QueryAsync(database, "SELECT QueryText FROM OrleansQuery")).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Ensure_NewerDatabase_IsRefusedAndLeftAsItIs()
    {
        var database = await Server.CreateAsync("newer");
        await EnsureAsync(database);
        await PostgresServer.ExecuteAsync(database, "INSERT INTO SheafSchema (Version) VALUES (7); DELETE FROM OrleansQuery");

        var refused = await Assert.ThrowsAsync<StorageFailedException>(() => EnsureAsync(database));

        Assert.Equal(
            ($"The database 'newer' on '{Server.Host}' has version 7; this Sheaf knows versions up to 2, and has left it as it is. Use a newer Sheaf, or another database.", false),
            (refused.Message, refused.IsPassing));
        Assert.Empty(await PostgresServer.QueryAsync(database, "SELECT QueryKey FROM OrleansQuery"));
    }

    [SkippableFact]
    public async Task Ensure_TablesOfAnotherProgram_IsRefusedAndLeavesNothingBehind()
    {
        var database = await Server.CreateAsync("of_others");
        await PostgresServer.ExecuteAsync(database, "CREATE TABLE OrleansMembership (x int)");

        var refused = await Assert.ThrowsAsync<StorageFailedException>(() => EnsureAsync(database));

        Assert.Equal(
            ($"The database 'of_others' on '{Server.Host}' has tables of the same names that are not Sheaf's (relation \"orleansmembership\" already exists). Give Sheaf a database of its own.", false),
            (refused.Message, refused.IsPassing));
        Assert.Equal(["orleansmembership"], await PostgresServer.QueryAsync(database, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"));
    }

    [SkippableFact]
    public async Task Ensure_OtherEncoding_IsRefused()
    {
        await PostgresServer.ExecuteAsync(Server.ConnectionString("postgres"), "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");

        var refused = await Assert.ThrowsAsync<StorageFailedException>(() => EnsureAsync(Server.ConnectionString("latin")));

        Assert.Equal($"The database 'latin' on '{Server.Host}' has the encoding LATIN1, which cannot hold every name. Create one with the encoding UTF8.", refused.Message);
    }

    [SkippableFact]
    public async Task Statistics_OfStates_HaveNoSampleOfThem()
    {
        var database = await Server.CreateAsync("sampled");
        await EnsureAsync(database);
        await PostgresServer.ExecuteAsync(
            database,
            "INSERT INTO OrleansStorage SELECT each, 0, 0, 0, 'state', 'device ' || each, 'sheaf', 'a secret', now(), 1 FROM generate_series(1, 500) each; ANALYZE OrleansStorage");

        var sampled = await PostgresServer.QueryAsync(database, "SELECT attname FROM pg_stats WHERE tablename = 'orleansstorage'");

        Assert.Contains("grainidhash", sampled);
        Assert.Empty(sampled.Intersect(["payloadbinary", "grainidextensionstring"]));
    }

    [SkippableTheory]
    [InlineData(4, 21, null)]
    [InlineData(4, 22, "4 silos × (22 for states + 3 for membership and purges) = 100, and its server gives 100 (max_connections) − 3 reserved = 97. Lower PoolSize to 21 or less, or raise max_connections to 103 or more.")]
    [InlineData(1, 95, "1 silos × (95 for states + 3 for membership and purges) = 98, and its server gives 100 (max_connections) − 3 reserved = 97. Lower PoolSize to 94 or less, or raise max_connections to 101 or more.")]
    [InlineData(40, 1, "40 silos × (1 for states + 3 for membership and purges) = 160, and its server gives 100 (max_connections) − 3 reserved = 97. Raise max_connections to 163 or more.")]
    public async Task Ensure_PoolsOfAllSilos_MustFitIntoTheServer(int silos, int pool, string? expected)
    {
        var options = fixture.OptionsOf(fixture.Database) with { Silos = silos, PoolSize = pool };
        using var database = new PostgresDatabase(options);

        var refused = await Record.ExceptionAsync(() => PostgresStart.EnsureAsync(database, TimeProvider.System, default));

        Assert.Equal(expected is null ? null : $"The database 'hosts' on '{Server.Host}' has too few connections: {expected}", refused?.Message);
    }

    [Fact]
    public void Journal_FolderThatIsNotThere_IsRefusedWithTheRemedy()
    {
        var refused = Assert.Throws<StorageFailedException>(() => PostgresStart.EnsureJournal(new PostgresOptions { ConnectionString = "", JournalFile = "/not/there/erasures.jsonl" }));

        Assert.Equal(
            "The folder of the journal of erasures '/not/there/erasures.jsonl' is not there. Mount the volume that all silos share, or correct JournalFile: "
            + "without the journal, a database restored from a backup would bring back what was erased.",
            refused.Message);
    }

    private async Task EnsureAsync(string connectionString)
    {
        await using var database = new PostgresDatabase(fixture.OptionsOf(connectionString));
        await PostgresStart.EnsureAsync(database, TimeProvider.System, default);
    }
}
