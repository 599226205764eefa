using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Sheaf.Grains;
using Sheaf.Grains.Erasures;

namespace Sheaf.Silo.Storage;

/// <summary>Keeps all grain state in one SQLite file: the embedded default.</summary>
public static class SqliteStorage
{
    // The invariant names the protocol, not the package: the provider loads Microsoft.Data.Sqlite for it.
    private const string Invariant = "System.Data.SQLite";

    /// <summary>The name of the journal of erasures, which is beside the database and not to be restored with it.</summary>
    public const string JournalName = "erasures.jsonl";

    /// <summary>Adds the storage and creates its schema before the silo starts.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="file">The database file; its folder must exist.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddSqliteStorage(this ISiloBuilder silo, string file)
    {
        var source = new SqliteDataSource(file);
        silo.Services.AddFirstStep(nameof(SqliteSchema), (_, cancellation) => SqliteSchema.EnsureAsync(source, cancellation));
        silo.AddAdoNetGrainStorage(StorageNames.Provider, options =>
        {
            options.Invariant = Invariant;
            options.DataSource = source;
            options.DeleteStateOnClear = true;
        });
        GuardedStorage<SqliteException>.Wrap(silo.Services, (_, exception) => SqliteFailure.Of(file, exception));
        silo.Services.GroupDevices((_, service) => new SqliteRows(source, service));
        silo.Services.AddSingleton<IStorageCleaner>(new SqliteCleaner(source));
        silo.Services.AddSingleton<IErasureJournal>(new FileErasureJournal(Path.Combine(Path.GetDirectoryName(file)!, JournalName)));
        silo.Services.AddBinaryStates();
        return silo;
    }
}
