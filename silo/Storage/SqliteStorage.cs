using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
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
        silo.AddStartupTaskBeforeGrains(cancellation => SqliteSchema.EnsureAsync(source, cancellation));
        silo.AddAdoNetGrainStorage(StorageNames.Provider, options =>
        {
            options.Invariant = Invariant;
            options.DataSource = source;
            options.DeleteStateOnClear = true;
        });
        Guard(silo.Services, file);
        silo.Services.AddSingleton<IStorageCleaner>(new SqliteCleaner(source));
        silo.Services.AddSingleton<IErasureJournal>(new FileErasureJournal(Path.Combine(Path.GetDirectoryName(file)!, JournalName)));
        // Binary, never JSON: a checkpoint chunk is stored as it is.
        silo.Services.AddKeyedSingleton<IGrainStorageSerializer>(
            StorageNames.Provider, (provider, _) => new OrleansGrainStorageSerializer(provider.GetRequiredService<Serializer>()));
        return silo;
    }

    /// <summary>Puts the guard before the storage that is registered.</summary>
    private static void Guard(IServiceCollection services, string file)
    {
        var registered = services.Last(service => service.ServiceType == typeof(IGrainStorage) && service.ServiceKey as string == StorageNames.Provider);
        services.Remove(registered);
        services.AddKeyedSingleton<IGrainStorage>(
            StorageNames.Provider, (provider, key) => new GuardedStorage((IGrainStorage)registered.KeyedImplementationFactory!(provider, key), file));
    }

    private static void AddStartupTaskBeforeGrains(this ISiloBuilder silo, Func<CancellationToken, Task> start) =>
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new StartupStep(start));

    /// <summary>The storage provider reads its queries when grain services start; the schema must be there before.</summary>
    private sealed class StartupStep(Func<CancellationToken, Task> start) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(SqliteSchema), ServiceLifecycleStage.First, start);
    }
}
