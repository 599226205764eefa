using System.Globalization;
using Npgsql;
using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>The tables of the cluster's database, and what brings them up to date.</summary>
internal static class PostgresSchema
{
    /// <summary>The steps from one version of the schema to the next, the first from an empty database. A step is never changed once it has been released.</summary>
    private static readonly string[] Steps =
    [
        // The names of columns are those that the providers read. The key ends in a hash of the grain's string key, since an index takes no text of any length.
        """
        CREATE TABLE OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);

        CREATE TABLE OrleansStorage (
            GrainIdHash int NOT NULL,
            GrainIdN0 bigint NOT NULL,
            GrainIdN1 bigint NOT NULL,
            GrainTypeHash int NOT NULL,
            GrainTypeString text NOT NULL,
            GrainIdExtensionString text NOT NULL,
            ServiceId text NOT NULL,
            PayloadBinary bytea NULL,
            ModifiedOn timestamptz NOT NULL,
            Version int NOT NULL);
        CREATE UNIQUE INDEX OrleansStorageKey ON OrleansStorage
            (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, ServiceId, GrainTypeString, hashtextextended(GrainIdExtensionString, 0));
        -- Weights do not get smaller by compression, and what is not compressed can be searched for.
        ALTER TABLE OrleansStorage ALTER COLUMN PayloadBinary SET STORAGE EXTERNAL;
        -- The planner's statistics would keep samples of what devices hold, in another table.
        ALTER TABLE OrleansStorage ALTER COLUMN PayloadBinary SET STATISTICS 0;
        ALTER TABLE OrleansStorage ALTER COLUMN GrainIdExtensionString SET STATISTICS 0;

        CREATE TABLE OrleansMembershipVersion (DeploymentId text PRIMARY KEY, Version int NOT NULL);
        CREATE TABLE OrleansMembership (
            DeploymentId text NOT NULL,
            Address text NOT NULL,
            Port int NOT NULL,
            Generation int NOT NULL,
            SiloName text NOT NULL,
            HostName text NOT NULL,
            Status int NOT NULL,
            ProxyPort int NULL,
            SuspectTimes text NULL,
            StartTime timestamptz NOT NULL,
            IAmAliveTime timestamptz NOT NULL,
            PRIMARY KEY (DeploymentId, Address, Port, Generation));

        CREATE TABLE OrleansReminders (
            ServiceId text NOT NULL,
            GrainId text NOT NULL,
            ReminderName text NOT NULL,
            StartTime timestamptz NOT NULL,
            Period bigint NOT NULL,
            GrainHash int NOT NULL,
            Version int NOT NULL,
            PRIMARY KEY (ServiceId, GrainId, ReminderName));
        CREATE INDEX OrleansRemindersRange ON OrleansReminders (ServiceId, GrainHash);

        -- In it, a purge finds out whether somebody may still read what had been deleted when it began.
        CREATE TABLE SheafPurge (Id int NOT NULL);
        """,
        "CREATE TABLE SheafCluster (ClusterId text PRIMARY KEY, ServiceId text NOT NULL)",
    ];

    // Any number that all silos agree on and nobody else is likely to use: "Sheaf" in ASCII.
    private const long UpgradeLock = 0x5368656166;

    /// <summary>The version that this silo knows.</summary>
    public static int Version => Steps.Length;

    /// <summary>Creates or upgrades the tables. Idempotent, and safe when several silos start at once: one does it, the others wait for it.</summary>
    /// <param name="source">The database.</param>
    /// <param name="address">Which one it is.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>When the database is ready.</returns>
    /// <exception cref="StorageFailedException">A newer Sheaf has upgraded the database, which is left as it is; or it cannot be used.</exception>
    public static async Task EnsureAsync(NpgsqlDataSource source, PostgresAddress address, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({UpgradeLock})", cancellationToken);
            EnsureEncoding(address, (string)(await ScalarAsync(connection, "SHOW server_encoding", cancellationToken))!);
            var known = await VersionOfAsync(connection, cancellationToken);
            EnsureKnown(address, known);
            await UpgradeAsync(connection, known, cancellationToken);
            await WriteQueriesAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresFailure.Of(address, exception);
        }
    }

    private static void EnsureEncoding(PostgresAddress address, string encoding)
    {
        if (encoding != "UTF8")
        {
            throw new StorageFailedException(
                $"The database {address} has the encoding {encoding}, which cannot hold every name. Create one with the encoding UTF8.", isPassing: false);
        }
    }

    private static void EnsureKnown(PostgresAddress address, int version)
    {
        if (version > Version)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"The database {address} has version {version}; this Sheaf knows versions up to {Version}");
            throw new StorageFailedException($"{what}, and has left it as it is. Use a newer Sheaf, or another database.", isPassing: false);
        }
    }

    private static async Task<int> VersionOfAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(connection, "SELECT to_regclass('SheafSchema') IS NOT NULL", cancellationToken) is true
            ? (int)(await ScalarAsync(connection, "SELECT max(Version) FROM SheafSchema", cancellationToken))!
            : 0;

    private static async Task UpgradeAsync(NpgsqlConnection connection, int known, CancellationToken cancellationToken)
    {
        if (known == 0)
        {
            await ExecuteAsync(connection, "CREATE TABLE SheafSchema (Version int PRIMARY KEY, AppliedOn timestamptz NOT NULL DEFAULT now())", cancellationToken);
        }

        for (var version = known + 1; version <= Version; version++)
        {
            await ExecuteAsync(connection, Steps[version - 1], cancellationToken);
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO SheafSchema (Version) VALUES ({version})"), cancellationToken);
        }
    }

    private static async Task WriteQueriesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO OrleansQuery (QueryKey, QueryText) SELECT * FROM unnest(@keys, @texts)
            ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText WHERE OrleansQuery.QueryText <> excluded.QueryText
            """,
            connection);
        command.Parameters.AddWithValue("keys", PostgresQueries.All.Keys.ToArray());
        command.Parameters.AddWithValue("texts", PostgresQueries.All.Values.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
