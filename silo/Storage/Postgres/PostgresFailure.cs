using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>Says what is wrong with a PostgreSQL database, and what to do about it.</summary>
internal static class PostgresFailure
{
    private const string TryAgain = "It is tried again; when it comes again and again, look into the server's log.";

    /// <summary>Puts an exception of Npgsql into words.</summary>
    /// <param name="address">The database.</param>
    /// <param name="exception">What Npgsql said.</param>
    /// <returns>The exception to throw instead.</returns>
    public static StorageFailedException Of(PostgresAddress address, NpgsqlException exception)
    {
        var (what, remedy, isPassing) = exception is PostgresException told ? OfServer(address, told) : OfConnection(exception);
        return new StorageFailedException($"The database {address} {what}. {remedy}", isPassing, exception);
    }

    /// <summary>What the server itself has said, by its SQLSTATE.</summary>
    private static (string What, string Remedy, bool IsPassing) OfServer(PostgresAddress address, PostgresException exception)
    {
        var said = exception.MessageText.Trim().TrimEnd('.');
        return exception.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (
                $"does not let the user '{address.User}' in ({said})", "Check the user's name and password, and the server's pg_hba.conf.", true),
            PostgresErrorCodes.InvalidCatalogName => ("is not there", "Create it (CREATE DATABASE), or correct its name in the connection string.", false),
            PostgresErrorCodes.InsufficientPrivilege => (
                $"does not allow the user '{address.User}' what it needs ({said})", "Make the user the owner of the database and of the tables in it.", true),
            PostgresErrorCodes.TooManyConnections => (
                $"takes no more connections ({said})", "Lower PoolSize, run fewer silos, or raise the server's max_connections.", true),
            PostgresErrorCodes.DiskFull => ("cannot be written: the server's disk is full", "Free space there.", true),
            PostgresErrorCodes.OutOfMemory => ($"is on a server that has no memory left ({said})", "Give the server more memory, or lower its settings.", true),
            PostgresErrorCodes.ReadOnlySqlTransaction => (
                "can only be read: it is a replica, or was set so", "Connect to the primary server, or set default_transaction_read_only off.", true),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => (
                $"is on a server that is stopping or starting ({said})", "Wait until it is up, or start it.", true),
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled => (
                $"is in use by another session ({said})", "End that session, for example a backup or an open psql; pg_stat_activity shows it.", true),
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => ($"was changed by others at once ({said})", TryAgain, true),
            PostgresErrorCodes.IoError => ($"cannot be read or written by its server ({said})", "Check the server's disk.", true),
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => (
                $"is damaged ({said})", "Restore it from a backup and keep the journal of erasures.", false),
            PostgresErrorCodes.DuplicateTable => (
                $"has tables of the same names that are not Sheaf's ({said})", "Give Sheaf a database of its own.", false),
            _ => ($"refused what it was asked ({exception.SqlState}: {said})", "The server's log has the details.", exception.IsTransient),
        };
    }

    /// <summary>What happened on the way to the server.</summary>
    private static (string What, string Remedy, bool IsPassing) OfConnection(NpgsqlException exception)
    {
        var said = (exception.InnerException ?? exception).Message.Trim().TrimEnd('.');
        return exception.InnerException switch
        {
            SocketException => (
                $"cannot be reached ({said})", "Check that its server runs and takes connections from here, and the host and port in the connection string.", true),
            AuthenticationException => (
                $"cannot be reached securely ({said})", "Check the server's certificate, and the SSL mode in the connection string.", true),
            TimeoutException when exception.Message.Contains("pool", StringComparison.OrdinalIgnoreCase) => (
                "had no free connection in this silo's pool", "Raise PoolSize, or look for what keeps the server busy in pg_stat_activity.", true),
            TimeoutException => ("does not answer in time", "Look for what keeps the server busy in pg_stat_activity, and for its network.", true),
            _ => ($"has lost the connection, or does not speak as expected ({said})", TryAgain, true),
        };
    }
}
