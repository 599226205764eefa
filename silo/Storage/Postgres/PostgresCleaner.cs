using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Sheaf.Abstractions;
using Sheaf.Grains.Erasures;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>
/// Takes what was deleted out of the files of a PostgreSQL database, when it is purged. Before that, nothing that costs less than rewriting does it: what is
/// deleted stays in its page until other rows need the space, and VACUUM frees it without overwriting.
/// </summary>
/// <param name="database">The database.</param>
internal sealed partial class PostgresCleaner(PostgresDatabase database) : IStorageCleaner, IDisposable
{
    private const int PatienceSeconds = 5;

    // Any number that all silos agree on and nobody else is likely to use: "Purge" in ASCII.
    private const long PurgeLock = 0x5075726765;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Membership has addresses of silos only, and must not wait.
    private static readonly string[] Tables = ["OrleansStorage", "OrleansReminders"];

    private readonly SemaphoreSlim _one = new(1);

    /// <inheritdoc/>
    public Task CleanAsync(IReadOnlyCollection<string>? texts) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<RewrittenStorage> RewriteAsync()
    {
        await _one.WaitAsync();
        try
        {
            await using var connection = await database.Purges.OpenConnectionAsync();
            await WaitForOthersAsync(connection);
            var before = await SizeAsync(connection);
            // Whoever waits for a table keeps all others from it: it gives up before the cluster takes harm.
            await ExecuteAsync(connection, $"SET lock_timeout = '{PatienceSeconds}s'");
            await WaitForReadersAsync(connection);
            foreach (var table in Tables)
            {
                await RewriteAsync(connection, table);
            }

            var isWritten = await TryCheckpointAsync(connection);
            return new RewrittenStorage(before, await SizeAsync(connection), OutOfReach(isWritten));
        }
        catch (NpgsqlException exception)
        {
            throw PostgresFailure.Of(database.Address, exception);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    /// <summary>Lets other silos finish their purges. Asking again and again, unlike a statement that waits, does not keep old rows readable meanwhile.</summary>
    private static async Task WaitForOthersAsync(NpgsqlConnection connection)
    {
        await using var query = new NpgsqlCommand($"SELECT pg_try_advisory_lock({PurgeLock})", connection);
        while (await query.ExecuteScalarAsync() is not true)
        {
            await Task.Delay(Pause);
        }
    }

    /// <summary>
    /// Waits until nobody may read any more what had been deleted when this was called: the server would copy it into the new files. A row that is deleted now
    /// tells: once it can go, so can all that were deleted before it. (Those of the grains' tables cannot tell, as others go on to write there.)
    /// </summary>
    private async Task WaitForReadersAsync(NpgsqlConnection connection)
    {
        await ExecuteAsync(connection, "INSERT INTO SheafPurge VALUES (1)");
        await ExecuteAsync(connection, "DELETE FROM SheafPurge");
        var deadline = Environment.TickCount64 + (PatienceSeconds * 1000);
        while (await RewriteAsync(connection, "SheafPurge") > 0)
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new StorageFailedException(
                    $"What was deleted from the database {database.Address} cannot be taken out of its files: a session, a prepared transaction or a replication slot may read it for "
                    + $"{PatienceSeconds} seconds or longer. End it (pg_stat_activity, pg_prepared_xacts and pg_replication_slots show it), and purge again.",
                    isPassing: true);
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Rewrites a table with its indexes.</summary>
    /// <returns>How many deleted rows are in the new files, because somebody may still read them.</returns>
    private async Task<long> RewriteAsync(NpgsqlConnection connection, string table) =>
        await VacuumAsync(connection, table) ?? throw new StorageFailedException(
            $"The table '{table}' of the database {database.Address} has not been rewritten: the user '{database.Address.User}' does not own it. "
            + "Make the user its owner (ALTER TABLE … OWNER TO), and purge again.",
            isPassing: true);

    /// <summary>Asks the server to rewrite a table, which it refuses with a mere warning.</summary>
    /// <returns>How many deleted rows are in the new files; null when the server has not rewritten it.</returns>
    private static async Task<long?> VacuumAsync(NpgsqlConnection connection, string table)
    {
        long? kept = null;
        connection.Notice += Note;
        try
        {
            await ExecuteAsync(connection, $"VACUUM (FULL, VERBOSE) {table}");
        }
        finally
        {
            connection.Notice -= Note;
        }

        return kept;

        // The server says so nowhere else. Its words may be in any language; the first number of the detail is the count.
        void Note(object sender, NpgsqlNoticeEventArgs said)
        {
            if (said.Notice.Detail is { } detail && Number().Match(detail) is { Success: true } number)
            {
                kept = (kept ?? 0) + long.Parse(number.Value, CultureInfo.InvariantCulture);
            }
        }
    }

    /// <summary>Has the server write its files and drop the old ones, as far as it lets this user ask for it.</summary>
    private static async Task<bool> TryCheckpointAsync(NpgsqlConnection connection)
    {
        try
        {
            await ExecuteAsync(connection, "CHECKPOINT");
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    private static async Task<long> SizeAsync(NpgsqlConnection connection)
    {
        await using var query = new NpgsqlCommand("SELECT sum(pg_total_relation_size(each::regclass))::bigint FROM unnest(@tables) each", connection);
        query.Parameters.AddWithValue("tables", Tables);
        return (long)(await query.ExecuteScalarAsync())!;
    }

    // Rewriting takes as long as it takes; waiting for others is bounded by the lock timeout.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement)
    {
        await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    private ImmutableArray<string> OutOfReach(bool isWritten)
    {
        ImmutableArray<string> always =
        [
            $"The write-ahead log of {database.Address} (pg_wal) has what was written before until the server has written over it; where it is archived, the archive has it for good. "
            + "Delete the archive's segments from before the purge.",
            "Replicas have what was deleted until they have replayed the purge, and in their own logs. Let them catch up, or make those anew that cannot.",
            $"Backups and dumps of {database.Address} are as they were: delete those from before the purge. Should one be restored, keep the journal of erasures "
            + $"'{database.Options.JournalFile}'.",
            "The server's log has what devices hold if it logs statements with their parameters: set log_parameter_max_length to 0, and delete the logs from before.",
            "What the file system has freed may stay on the disk until it is overwritten: keep the server's files and its log on an encrypted disk.",
        ];
        return isWritten
            ? always
            :
            [
                $"The user '{database.Address.User}' may not ask the server for a checkpoint: until its next one (checkpoint_timeout), files that it no longer uses may be on the disk. "
                + $"GRANT pg_checkpoint TO \"{database.Address.User}\" (PostgreSQL 15 and newer), or run CHECKPOINT as a superuser.",
                .. always,
            ];
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
