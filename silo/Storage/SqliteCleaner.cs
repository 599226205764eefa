using Microsoft.Data.Sqlite;
using Sheaf.Abstractions;
using Sheaf.Grains.Erasures;

namespace Sheaf.Silo.Storage;

/// <summary>
/// Takes what was deleted out of a SQLite database and its write-ahead log. Deleted rows are overwritten with zeros (<c>secure_delete</c>); older copies
/// of them are in the log until it is written back and truncated, and seldom in pages from which they were moved to a neighbour, which only
/// rewriting the file takes out.
/// </summary>
/// <param name="source">The database.</param>
internal sealed class SqliteCleaner(SqliteDataSource source) : IStorageCleaner, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SqliteResidue _residue = new(source.File);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private List<string> _texts = [];
    private bool _isAnyUnknown;
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <inheritdoc/>
    public Task CleanAsync(IReadOnlyCollection<string>? texts)
    {
        lock (_lock)
        {
            _texts.AddRange(texts ?? []);
            _isAnyUnknown |= texts is null;
            // What is under way may have begun before the caller's delete: it shares the next one with all who come meanwhile.
            return _next ??= AfterAsync(_running);
        }
    }

    /// <inheritdoc/>
    public Task<RewrittenStorage> RewriteAsync() => Task.Run(() => GuardAsync(async () =>
    {
        var before = SizeOf(source.File);
        await RewriteFilesAsync();
        return new RewrittenStorage(before, SizeOf(source.File),
        [
            $"Backups and copies of '{source.File}' are as they were: delete those from before the purge. Should one be restored, keep the journal of erasures beside it.",
            "What the file system has freed may stay on the disk until it is overwritten: keep the file on an encrypted disk.",
        ]);
    }));

    /// <inheritdoc/>
    public void Dispose()
    {
        _residue.Dispose();
        _turn.Dispose();
    }

    private static long SizeOf(string file) => new[] { file, file + "-wal" }.Select(each => new FileInfo(each)).Sum(each => each.Exists ? each.Length : 0);

    private async Task AfterAsync(Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task mine;
        lock (_lock)
        {
            var (texts, isAnyUnknown) = (_texts, _isAnyUnknown);
            (_texts, _isAnyUnknown) = ([], false);
            (_running, _next) = (mine = Task.Run(() => GuardAsync(() => CleanNowAsync(isAnyUnknown ? null : texts))), null);
        }

        await mine;
    }

    private async Task<bool> CleanNowAsync(IReadOnlyCollection<string>? texts)
    {
        await TruncateLogAsync();
        if (texts is null || _residue.Has(texts))
        {
            await RewriteFilesAsync();
        }

        return true;
    }

    private async Task RewriteFilesAsync()
    {
        await TruncateLogAsync();
        await ExecuteAsync("VACUUM;");
        await TruncateLogAsync();
    }

    /// <summary>Acts when nobody else does: of two that rewrite the file at once one fails.</summary>
    private async Task<T> GuardAsync<T>(Func<Task<T>> act)
    {
        await _turn.WaitAsync();
        try
        {
            return await act();
        }
        catch (SqliteException exception)
        {
            throw SqliteFailure.Of(source.File, exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the log back and truncates it, as soon as nobody reads from it.</summary>
    private async Task TruncateLogAsync()
    {
        var deadline = Environment.TickCount64 + (SqliteDataSource.PatienceSeconds * 1000);
        // While it waits for readers it keeps writers out: it waits a little and often, so that they are not kept out for as long as they have patience.
        while (await ExecuteAsync("PRAGMA busy_timeout=100;", "PRAGMA wal_checkpoint(TRUNCATE);") != 0)
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

    /// <summary>Executes statements on one connection.</summary>
    /// <returns>The first value of the last one's answer: of a checkpoint, whether it was kept from its end.</returns>
    private async Task<long> ExecuteAsync(params string[] statements)
    {
        await using var connection = await source.OpenConnectionAsync();
        object? value = null;
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            value = await command.ExecuteScalarAsync();
        }

        return value is long first ? first : 0;
    }
}
