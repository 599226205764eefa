using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage;

/// <summary>
/// The tables and queries that the AdoNet grain storage expects of a database, written for SQLite. The provider reads its statements from
/// <c>OrleansQuery</c> and runs each as one command on a connection of its own.
/// </summary>
/// <remarks>
/// Every statement commits by itself: a transaction opened inside a command would stay open on a pooled connection when the command fails
/// half-way. A row's version is its etag; a write whose version is not the stored one returns no row, which the provider reports as a conflict.
/// </remarks>
internal static class SqliteSchema
{
    /// <summary>The version of the tables and of what is in them, which a file keeps as its <c>user_version</c>.</summary>
    /// <remarks>1: the tables below. Files from before versions were kept say 0 and are the same.</remarks>
    public const int Version = 1;

    private const string Key = """
        GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND ServiceId = @ServiceId
        AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND GrainTypeString = @GrainTypeString AND GrainIdExtensionString IS @GrainIdExtensionString
        """;

    private const string Tables = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey TEXT NOT NULL PRIMARY KEY, QueryText TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS OrleansStorage (
            GrainIdHash INTEGER NOT NULL,
            GrainIdN0 INTEGER NOT NULL,
            GrainIdN1 INTEGER NOT NULL,
            GrainTypeHash INTEGER NOT NULL,
            GrainTypeString TEXT NOT NULL,
            GrainIdExtensionString TEXT NULL,
            ServiceId TEXT NOT NULL,
            PayloadBinary BLOB NULL,
            ModifiedOn TEXT NOT NULL,
            Version INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX IF NOT EXISTS OrleansStorageKey ON OrleansStorage
            (GrainIdHash, GrainTypeHash, ServiceId, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString);
        """;

    private const string Read = $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {Key};";

    private const string Write = $"""
        UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = datetime('now'), Version = Version + 1
        WHERE {Key} AND @GrainStateVersion IS NOT NULL AND Version = @GrainStateVersion
        RETURNING Version AS NewGrainStateVersion;
        INSERT INTO OrleansStorage
            (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
        SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @PayloadBinary, datetime('now'), 1
        WHERE @GrainStateVersion IS NULL
        ON CONFLICT DO NOTHING
        RETURNING Version AS NewGrainStateVersion;
        """;

    private const string Clear = $"""
        UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = datetime('now'), Version = Version + 1
        WHERE {Key} AND Version = @GrainStateVersion
        RETURNING Version AS NewGrainStateVersion;
        """;

    private const string Delete = $"""
        DELETE FROM OrleansStorage WHERE {Key} AND Version = @GrainStateVersion
        RETURNING Version + 1 AS NewGrainStateVersion;
        """;

    /// <summary>Creates what is missing. Idempotent, and safe when several silos start at once.</summary>
    /// <param name="source">The database.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>When the database is ready.</returns>
    /// <exception cref="StorageFailedException">A newer Sheaf has written the file, which is left as it is; or it cannot be read or written.</exception>
    public static async Task EnsureAsync(SqliteDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            EnsureKnown(source.File);
            await CreateAsync(source, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw SqliteFailure.Of(source.File, exception);
        }
    }

    /// <summary>Refuses a newer version before anything is written: what it means, only its own Sheaf knows.</summary>
    private static void EnsureKnown(string file)
    {
        if (!File.Exists(file))
        {
            return;
        }

        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = SqliteDataSource.PatienceSeconds,
        };
        using var connection = new SqliteConnection(settings.ToString());
        connection.Open();
        using var query = connection.CreateCommand();
        query.CommandText = "PRAGMA user_version;";
        var version = Convert.ToInt64(query.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > Version)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"The database '{file}' has version {version}; this Sheaf knows versions up to {Version}");
            throw new StorageFailedException($"{what}, and has left it as it is. Use a newer Sheaf, or another folder.", isPassing: false);
        }
    }

    private static async Task CreateAsync(SqliteDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var tables = connection.CreateCommand();
        tables.CommandText = Tables;
        await tables.ExecuteNonQueryAsync(cancellationToken);
        foreach (var (key, text) in new[]
        {
            ("ReadFromStorageKey", Read), ("WriteToStorageKey", Write), ("ClearStorageKey", Clear), ("DeleteStorageKey", Delete),
        })
        {
            await using var query = connection.CreateCommand();
            query.CommandText = "INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES (@key, @text) ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;";
            Bind(query, "@key", key);
            Bind(query, "@text", text);
            await query.ExecuteNonQueryAsync(cancellationToken);
        }

        // Last, so that a file that says its version has all of it.
        await using var stamp = connection.CreateCommand();
        stamp.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version};");
        await stamp.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Bind(DbCommand command, string name, string value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
