using System.Globalization;
using Npgsql;
using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>What must hold before a silo starts on PostgreSQL.</summary>
internal static class PostgresStart
{
    // Silos tell one another by their own clocks when they were last alive.
    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(5);

    /// <summary>Creates or upgrades the schema, and checks that the cluster does not ask for more connections than there are.</summary>
    /// <param name="database">The database.</param>
    /// <param name="time">The silo's clock, which must agree with the server's.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>When the silo may start.</returns>
    /// <exception cref="StorageFailedException">It may not; the message says why and what to do.</exception>
    public static async Task EnsureAsync(PostgresDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        await PostgresSchema.EnsureAsync(database.States, database.Address, cancellationToken);
        try
        {
            await EnsureConnectionsAsync(database, cancellationToken);
            await EnsureClockAsync(database, time, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresFailure.Of(database.Address, exception);
        }
    }

    /// <summary>Checks that the journal can be written where it is to be: an erase must not be the first to find out.</summary>
    /// <param name="options">Where it is.</param>
    /// <exception cref="StorageFailedException">Its folder is not there.</exception>
    public static void EnsureJournal(PostgresOptions options)
    {
        if (!Directory.Exists(Path.GetDirectoryName(options.JournalFile)))
        {
            throw new StorageFailedException(
                $"The folder of the journal of erasures '{options.JournalFile}' is not there. Mount the volume that all silos share, or correct JournalFile: "
                + "without the journal, a database restored from a backup would bring back what was erased.",
                isPassing: true);
        }
    }

    private static async Task EnsureClockAsync(PostgresDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await database.States.OpenConnectionAsync(cancellationToken);
        await using var query = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var asked = time.GetUtcNow();
        var server = new DateTimeOffset((DateTime)(await query.ExecuteScalarAsync(cancellationToken))!);
        var answered = time.GetUtcNow();
        var skew = server < asked ? asked - server : server > answered ? server - answered : TimeSpan.Zero;
        if (skew > SkewMax)
        {
            throw new StorageFailedException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"This machine's clock ({answered:u}) and that of the server of the database {database.Address} ({server:u}) are {skew.TotalSeconds:F0} s apart, and silos tell by their clocks which of them are alive. Set both by a time service (NTP); {SkewMax.TotalSeconds:F0} s are the most."),
                isPassing: true);
        }
    }

    private static async Task EnsureConnectionsAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = await database.States.OpenConnectionAsync(cancellationToken);
        await using var query = new NpgsqlCommand(
            """
            SELECT current_setting('max_connections')::int,
                (SELECT sum(setting::int)::int FROM pg_settings WHERE name IN ('superuser_reserved_connections', 'reserved_connections'))
            """,
            connection);
        await using var row = await query.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var (most, reserved) = (row.GetInt32(0), row.GetInt32(1));
        var (silos, pool) = (database.Options.Silos, database.Options.PoolSize);
        const int Others = PostgresOptions.MembershipPoolSize + PostgresOptions.PurgeConnections;
        var needed = silos * (pool + Others);
        var poolMost = ((most - reserved) / silos) - Others;
        if (needed > most - reserved)
        {
            var remedy = poolMost > 0 ? $"Lower PoolSize to {poolMost} or less, or raise" : "Raise";
            throw new StorageFailedException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The database {database.Address} has too few connections: {silos} silos × ({pool} for states + {Others} for membership and purges) = {needed}, ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"and its server gives {most} (max_connections) − {reserved} reserved = {most - reserved}. {remedy} max_connections to {needed + reserved} or more."),
                isPassing: false);
        }
    }
}
