using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Sheaf.Silo.Storage;

/// <summary>Opens SQLite connections with the pragmas that SQLite keeps per connection and a connection string cannot say.</summary>
/// <param name="file">The database file.</param>
internal sealed class SqliteDataSource(string file) : DbDataSource
{
    /// <summary>How long a statement waits for a file that another program has locked, in seconds.</summary>
    public const int PatienceSeconds = 5;

    // WAL with NORMAL loses no committed row when the process dies; secure_delete overwrites what is deleted with zeros.
    private const string Pragmas = "PRAGMA busy_timeout=5000; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;";

    /// <inheritdoc/>
    public override string ConnectionString { get; } =
        new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = PatienceSeconds }.ToString();

    /// <summary>The database file.</summary>
    public string File => file;

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new SqliteConnection(ConnectionString);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var pragmas = connection.CreateCommand();
        pragmas.CommandText = Pragmas;
        pragmas.ExecuteNonQuery();
        return connection;
    }

    /// <inheritdoc/>
    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) => new(OpenDbConnection());
}
