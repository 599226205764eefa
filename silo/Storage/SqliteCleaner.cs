using Microsoft.Data.Sqlite;
using Sheaf.Abstractions;
using Sheaf.Grains.Erasures;

namespace Sheaf.Silo.Storage;

/// <summary>
/// Takes what was deleted out of a SQLite database and its write-ahead log. Freed pages are overwritten with zeros when they are freed
/// (<c>secure_delete</c>); older copies of them are in the log until it is written back and truncated.
/// </summary>
/// <param name="source">The database.</param>
internal sealed class SqliteCleaner(SqliteDataSource source) : IStorageCleaner
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <inheritdoc/>
    public Task CleanAsync()
    {
        lock (_lock)
        {
            // What is under way may have begun before the caller's delete: it shares the next one with all who come meanwhile.
            return _next ??= AfterAsync(_running);
        }
    }

    /// <inheritdoc/>
    public Task<RewrittenStorage> RewriteAsync() => Task.Run(async () =>
    {
        try
        {
            var before = SizeOf(source.File);
            await TruncateLogAsync();
            await ExecuteAsync("VACUUM;");
            await TruncateLogAsync();
            return new RewrittenStorage(before, SizeOf(source.File),
            [
                $"Backups and copies of '{source.File}' are as they were: delete those from before the purge. Should one be restored, keep the journal of erasures beside it.",
                "What the file system has freed may stay on the disk until it is overwritten: keep the file on an encrypted disk.",
            ]);
        }
        catch (SqliteException exception)
        {
            throw SqliteFailure.Of(source.File, exception);
        }
    });

    private static long SizeOf(string file) => new[] { file, file + "-wal" }.Select(each => new FileInfo(each)).Sum(each => each.Exists ? each.Length : 0);

    private async Task AfterAsync(Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task mine;
        lock (_lock)
        {
            (_running, _next) = (mine = Task.Run(CleanNowAsync), null);
        }

        await mine;
    }

    private async Task CleanNowAsync()
    {
        try
        {
            await TruncateLogAsync();
        }
        catch (SqliteException exception)
        {
            throw SqliteFailure.Of(source.File, exception);
        }
    }

    /// <summary>Writes the log back and truncates it, as soon as nobody reads from it.</summary>
    private async Task TruncateLogAsync()
    {
        var deadline = Environment.TickCount64 + (SqliteDataSource.PatienceSeconds * 1000);
        while (await ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE);") != 0)
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new StorageFailedException(
                    $"The write-ahead log of '{source.File}' cannot be truncated: another program has read from it for {SqliteDataSource.PatienceSeconds} seconds or longer. "
                    + "End that program, for example a database browser or a backup, and erase again.",
                    isPassing: true);
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Executes a statement.</summary>
    /// <returns>The first value of its answer: of a checkpoint, whether it was kept from its end.</returns>
    private async Task<long> ExecuteAsync(string statement)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        return await command.ExecuteScalarAsync() is long value ? value : 0;
    }
}
