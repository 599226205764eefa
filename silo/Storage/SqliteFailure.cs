using System.Globalization;
using Microsoft.Data.Sqlite;
using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage;

/// <summary>Says what SQLite's errors mean for whoever runs the cluster. Codes: sqlite.org/rescode.html.</summary>
internal static class SqliteFailure
{
    private const int Permission = 3;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>Tells an error with its file and its remedy.</summary>
    /// <param name="file">The database file.</param>
    /// <param name="exception">What SQLite said.</param>
    /// <returns>The exception to throw instead.</returns>
    public static StorageFailedException Of(string file, SqliteException exception)
    {
        var said = exception.Message.Trim().TrimEnd('.');
        var (what, remedy) = exception.SqliteErrorCode switch
        {
            Busy or Locked => (
                string.Create(CultureInfo.InvariantCulture, $"is locked: another program has held it for {SqliteDataSource.PatienceSeconds} seconds or longer"),
                "End that program, for example a database browser or a backup."),
            Full => ("cannot be written: the disk is full", "Free space there."),
            InputOutput => (
                $"cannot be read or written ({said})",
                "Free space on its disk, or raise the quota or the limit on the size of files; else check the disk."),
            Permission or ReadOnly or CannotOpen => ($"cannot be opened or written ({said})", "Check that its folder is there, and its permissions."),
            Corrupt or NotADatabase => ($"is damaged, or is no database ({said})", "Restore it from a copy, or begin again in another folder."),
            _ => ($"refused what it was asked ({said})", "The log has the details."),
        };
        var isPassing = exception.SqliteErrorCode is Busy or Locked or Full or InputOutput or Permission or ReadOnly or CannotOpen;
        return new StorageFailedException($"The database '{file}' {what}. {remedy}", isPassing, exception);
    }
}
