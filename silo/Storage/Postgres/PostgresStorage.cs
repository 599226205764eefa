using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Sheaf.Grains;
using Sheaf.Grains.Erasures;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>Keeps a cluster of several silos in a PostgreSQL database: grains' states, membership and reminders.</summary>
public static class PostgresStorage
{
    private const string Invariant = "Npgsql";

    /// <summary>
    /// Keeps all grain state in the database. Before the silo starts, its schema is created or upgraded, and the silo refuses to start, with a
    /// <see cref="Abstractions.StorageFailedException"/>, on a database that is newer, that cannot be used or that would run out of connections.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">The database.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">The options cannot be used, or are not those given before; the message names all problems.</exception>
    public static ISiloBuilder AddPostgresStorage(this ISiloBuilder silo, PostgresOptions options)
    {
        silo.Services.AddDatabase(options);
        silo.Services.AddFirstStep("Journal of erasures", (_, _) =>
        {
            PostgresStart.EnsureJournal(options);
            return Task.CompletedTask;
        });
        silo.AddAdoNetGrainStorage(StorageNames.Provider, builder => builder.Configure<PostgresDatabase>((settings, database) =>
        {
            settings.Invariant = Invariant;
            settings.DataSource = database.States;
            settings.DeleteStateOnClear = true;
        }));
        GuardedStorage<NpgsqlException>.Wrap(
            silo.Services, (provider, exception) => PostgresFailure.Of(provider.GetRequiredService<PostgresDatabase>().Address, exception));
        silo.Services.GroupDevices((provider, service) => new PostgresRows(provider.GetRequiredService<PostgresDatabase>(), service));
        silo.Services.AddSingleton<IStorageCleaner>(provider => new PostgresCleaner(provider.GetRequiredService<PostgresDatabase>()));
        silo.Services.AddSingleton<IErasureJournal>(new FileErasureJournal(options.JournalFile));
        silo.Services.AddBinaryStates();
        return silo;
    }

    /// <summary>Finds the cluster's other silos through the database, and keeps reminders in it. The schema is seen to as in <see cref="AddPostgresStorage"/>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">The database; the same as for the storage.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">The options cannot be used, or are not those given before; the message names all problems.</exception>
    public static ISiloBuilder UsePostgresClustering(this ISiloBuilder silo, PostgresOptions options)
    {
        silo.Services.AddDatabase(options);
        silo.UseAdoNetClustering(builder => builder.Configure<PostgresDatabase>(
            (settings, database) => (settings.Invariant, settings.DataSource) = (Invariant, database.Membership)));
        silo.UseAdoNetReminderService(builder => builder.Configure<PostgresDatabase>(
            (settings, database) => (settings.Invariant, settings.DataSource) = (Invariant, database.Membership)));
        return silo;
    }

    /// <summary>The database once, whichever of the two comes first.</summary>
    private static void AddDatabase(this IServiceCollection services, PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.EnsureUsable();
        if (services.FirstOrDefault(service => service.ServiceType == typeof(PostgresOptions)) is { } before)
        {
            if (!options.Equals(before.ImplementationInstance))
            {
                throw new ArgumentException("The silo has PostgreSQL with other options already: give its storage and its clustering the same.", nameof(options));
            }

            return;
        }

        services.AddSingleton(options);
        services.AddSingleton(_ => new PostgresDatabase(options));
        services.AddFirstStep(nameof(PostgresSchema), async (provider, cancellation) =>
        {
            var database = provider.GetRequiredService<PostgresDatabase>();
            await PostgresStart.EnsureAsync(database, provider.GetRequiredService<TimeProvider>(), cancellation);
            await ClusterClaim.EnsureAsync(database, provider.GetRequiredService<IOptions<ClusterOptions>>().Value, cancellation);
        });
    }
}
