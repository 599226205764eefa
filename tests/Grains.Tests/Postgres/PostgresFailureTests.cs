using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>What a failing database says: what, where and the remedy; never the password.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresFailureTests(PostgresFixture fixture)
{
    private static readonly PostgresAddress Address = new("db:5432", "sheaf", "ann");

    private PostgresServer Server => fixture.Server;

    [Theory]
    [InlineData("53100", true, "cannot be written: the server's disk is full. Free space there.")]
    [InlineData("53200", true, "is on a server that has no memory left (said so). Give the server more memory, or lower its settings.")]
    [InlineData("57P01", true, "is on a server that is stopping or starting (said so). Wait until it is up, or start it.")]
    [InlineData("57P03", true, "is on a server that is stopping or starting (said so). Wait until it is up, or start it.")]
    [InlineData("58030", true, "cannot be read or written by its server (said so). Check the server's disk.")]
    [InlineData("40P01", true, "was changed by others at once (said so). It is tried again; when it comes again and again, look into the server's log.")]
    [InlineData("XX001", false, "is damaged (said so). Restore it from a backup and keep the journal of erasures.")]
    [InlineData("42P01", false, "is damaged (said so). Restore it from a backup and keep the journal of erasures.")]
    [InlineData("22012", false, "refused what it was asked (22012: said so). The server's log has the details.")]
    public void Of_WhatAServerSays_IsPutIntoWords(string state, bool isPassing, string expected)
    {
        var failure = PostgresFailure.Of(Address, new PostgresException("said so.", "ERROR", "ERROR", state));

        Assert.Equal(($"The database 'sheaf' on 'db:5432' {expected}", isPassing), (failure.Message, failure.IsPassing));
    }

    [SkippableFact]
    public async Task Ensure_NobodyListens_SaysThatItCannotBeReached()
    {
        Assert.NotNull(Server);
        var failure = await FailAsync("Host=127.0.0.1;Port=1;Database=sheaf;Username=ann;Password=hidden");

        Assert.Equal(
            ("The database 'sheaf' on '127.0.0.1:1' cannot be reached (Connection refused). Check that its server runs and takes connections from here, and the host and port in the connection string.", true),
            (failure.Message, failure.IsPassing));
    }

    [SkippableFact]
    public async Task Ensure_WrongPassword_SaysWhoIsNotLetIn() => await AssertFailsAsync(
        Server.ConnectionString("hosts", password: "wrong-password"),
        "'hosts'",
        "does not let the user 'admin' in (password authentication failed for user \"admin\"). Check the user's name and password, and the server's pg_hba.conf.",
        isPassing: true);

    [SkippableFact]
    public async Task Ensure_NoSuchDatabase_SaysToCreateIt() => await AssertFailsAsync(
        Server.ConnectionString("missing"), "'missing'", "is not there. Create it (CREATE DATABASE), or correct its name in the connection string.", isPassing: false);

    [SkippableFact]
    public async Task Ensure_NoConnectionLeft_SaysWhatToLower()
    {
        await Server.CreateAsync("crowded");
        await PostgresServer.ExecuteAsync(fixture.Database, "CREATE ROLE crowd LOGIN PASSWORD 'hidden word' CONNECTION LIMIT 0");

        await AssertFailsAsync(
            Server.ConnectionString("crowded", "crowd", "hidden word"),
            "'crowded'",
            "takes no more connections (too many connections for role \"crowd\"). Lower PoolSize, run fewer silos, or raise the server's max_connections.",
            isPassing: true);
    }

    [SkippableFact]
    public async Task Ensure_NotAllowedToCreateTables_SaysToMakeTheUserItsOwner()
    {
        await Server.CreateAsync("foreign_database");
        await PostgresServer.ExecuteAsync(fixture.Database, "CREATE ROLE guest LOGIN PASSWORD 'hidden word'");

        await AssertFailsAsync(
            Server.ConnectionString("foreign_database", "guest", "hidden word"),
            "'foreign_database'",
            "does not allow the user 'guest' what it needs (permission denied for schema public). Make the user the owner of the database and of the tables in it.",
            isPassing: true);
    }

    [SkippableFact]
    public async Task Ensure_ReadOnlyDatabase_SaysToConnectToThePrimary()
    {
        var database = await Server.CreateAsync("replica");
        await PostgresServer.ExecuteAsync(fixture.Database, "ALTER DATABASE replica SET default_transaction_read_only = on");

        await AssertFailsAsync(
            database, "'replica'", "can only be read: it is a replica, or was set so. Connect to the primary server, or set default_transaction_read_only off.", isPassing: true);
    }

    [SkippableFact]
    public async Task Open_AllConnectionsOfThePoolInUse_SaysToRaiseIt()
    {
        await using var database = new PostgresDatabase(fixture.OptionsOf(fixture.Database + ";Timeout=1") with { PoolSize = 1 });
        await using var only = await database.States.OpenConnectionAsync();

        var thrown = await Assert.ThrowsAsync<NpgsqlException>(async () => await database.States.OpenConnectionAsync());

        Assert.Equal(
            $"The database 'hosts' on '{Server.Host}' had no free connection in this silo's pool. Raise PoolSize, or look for what keeps the server busy in pg_stat_activity.",
            PostgresFailure.Of(database.Address, thrown).Message);
    }

    [SkippableFact]
    public async Task Storage_ServerStopsAndComesBack_SaysSoAndGoesOn()
    {
        PostgresServer.SkipWithout();
        await using var server = await PostgresServer.StartAsync();
        var options = new PostgresOptions { ConnectionString = await server.CreateAsync("restarted"), JournalFile = Path.Combine(server.Folder, "erasures.jsonl") };
        await using var hosts = await PostgresHosts.StartAsync(options, silos: 1);
        var row = new GrainState<DeviceState>(new DeviceState());
        Task ReadAsync() => hosts.Storage.ReadStateAsync("state", GrainId.Create("test", "kept"), row);
        await hosts.Storage.WriteStateAsync("state", GrainId.Create("test", "kept"), row);

        await server.StopAsync();
        // What was open has been closed by the server; what is opened anew is refused.
        var failures = new List<StorageFailedException>();
        await SheafCluster.UntilAsync("the pool has noticed that the server is down", async () =>
        {
            failures.Add(await Assert.ThrowsAsync<StorageFailedException>(ReadAsync));
            return failures[^1].Message.Contains("cannot be reached (Connection refused)", StringComparison.Ordinal);
        });
        Assert.All(failures, failure => Assert.True(failure.IsPassing, failure.Message));

        await server.StartAgainAsync();
        await ReadAsync();
        Assert.Equal("1", row.ETag);
    }

    [SkippableTheory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task Ensure_ClockAMinuteOff_SaysToSetIt(int seconds)
    {
        await using var database = new PostgresDatabase(fixture.OptionsOf(await Server.CreateAsync($"clock_{(seconds > 0 ? "ahead" : "behind")}")));
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        var failure = await Assert.ThrowsAsync<StorageFailedException>(() => PostgresStart.EnsureAsync(database, clock, default));

        Assert.Matches("^This machine's clock \\(.*Z\\) and that of the server of the database 'clock_.*' \\(.*Z\\) are [56][0-9] s apart, .* Set both by a time service \\(NTP\\); 5 s are the most\\.$", failure.Message);
        Assert.True(failure.IsPassing);
    }

    [SkippableFact]
    public async Task Task_DatabaseCanOnlyBeReadForAWhile_SaysSoAndGoesOn()
    {
        const int Rounds = 40;
        PostgresServer.SkipWithout();
        await using var server = await PostgresServer.StartAsync();
        var (database, other) = (await server.CreateAsync("read_only"), await server.CreateAsync("other"));
        await using var hosts = await PostgresHosts.StartAsync(
            new PostgresOptions { ConnectionString = database, JournalFile = Path.Combine(server.Folder, "erasures.jsonl") }, silos: 1);
        var (population, task) = (hosts.Grains.GetGrain<IPopulation>("reading"), hosts.Grains.GetGrain<IRoundCoordinator>("reading"));
        await population.RegisterAsync(TinyStudy.Population());
        await population.SealAsync(default);
        await task.StartAsync(TinyStudy.Task("reading", 5, rounds: Rounds));
        await SheafCluster.UntilAsync("a round is over", async () => (await task.GetProgressAsync(0)).Round > 2);

        await SetReadOnlyAsync("on");
        await SheafCluster.UntilAsync("the task says what it waits for", async () => (await task.GetProgressAsync(0)).Failure?.Contains("can only be read", StringComparison.Ordinal) == true);
        Assert.Equal(TaskRunStatus.Running, (await task.GetProgressAsync(0)).Status);
        await SetReadOnlyAsync("off");

        await SheafCluster.UntilAsync("the task has completed", async () => (await task.GetProgressAsync(0)).Status == TaskRunStatus.Completed);
        var audit = await task.AuditAsync();
        Assert.Equal((Rounds, 0), (audit.Rounds, audit.Findings.Length));

        // A setting of a database counts for connections that are made from then on.
        async Task SetReadOnlyAsync(string value)
        {
            await PostgresServer.ExecuteAsync(other, $"ALTER DATABASE read_only SET default_transaction_read_only = {value}");
            await PostgresServer.ExecuteAsync(other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'read_only'");
        }
    }

    private async Task AssertFailsAsync(string connectionString, string database, string expected, bool isPassing)
    {
        var failure = await FailAsync(connectionString);
        Assert.Equal(($"The database {database} on '{Server.Host}' {expected}", isPassing), (failure.Message, failure.IsPassing));
        Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(connectionString).Password!, failure.ToString(), StringComparison.Ordinal);
    }

    private async Task<StorageFailedException> FailAsync(string connectionString)
    {
        await using var database = new PostgresDatabase(fixture.OptionsOf(connectionString));
        return await Assert.ThrowsAsync<StorageFailedException>(() => PostgresStart.EnsureAsync(database, TimeProvider.System, default));
    }
}
