using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>A server, and three silos on a database of it, for the tests that disturb neither; nothing where there is no PostgreSQL.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;
    private PostgresHosts? _hosts;

    internal PostgresServer Server
    {
        get
        {
            PostgresServer.SkipWithout();
            return _server!;
        }
    }

    internal PostgresHosts Hosts
    {
        get
        {
            PostgresServer.SkipWithout();
            return _hosts!;
        }
    }

    /// <summary>How the silos' database is opened.</summary>
    internal string Database { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (PostgresServer.Programs is not null)
        {
            _server = await PostgresServer.StartAsync();
            Database = await _server.CreateAsync("hosts");
            _hosts = await PostgresHosts.StartAsync(OptionsOf(Database), silos: 3);
        }
    }

    public async Task DisposeAsync()
    {
        if (_hosts is not null)
        {
            await _hosts.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>The options for a database of the server.</summary>
    internal PostgresOptions OptionsOf(string connectionString) =>
        new() { ConnectionString = connectionString, JournalFile = Path.Combine(Server.Folder, "erasures.jsonl") };
}

/// <summary>The tests that share a server.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresFixture>
{
    public const string Name = "postgres";
}
