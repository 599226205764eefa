using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Sheaf.Abstractions.Clusters;
using Sheaf.Grains;
using Sheaf.Grains.Training;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Training;
using Sheaf.Silo.Extensions;
using Sheaf.Silo.Storage;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Silo.Hosting;

/// <summary>Composes a silo: grains, trainers, accelerators and storage.</summary>
public static class SheafSilo
{
    /// <summary>Adds everything but clustering, on a SQLite file.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="databaseFile">The file that holds all grain state.</param>
    /// <param name="parts">What this silo is made of.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddSheaf(this ISiloBuilder silo, string databaseFile, SiloParts parts) =>
        silo.AddSqliteStorage(databaseFile).AddParts(parts);

    /// <summary>Adds everything, clustering included, on a PostgreSQL database that all silos of the cluster share.</summary>
    /// <param name="silo">The silo; its endpoints and the cluster's ids are the caller's to say.</param>
    /// <param name="database">The database.</param>
    /// <param name="parts">What this silo is made of.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">The database's options cannot be used; the message names all problems.</exception>
    public static ISiloBuilder AddSheaf(this ISiloBuilder silo, PostgresOptions database, SiloParts parts) =>
        silo.UsePostgresClustering(database).AddPostgresStorage(database).AddParts(parts);

    private static ISiloBuilder AddParts(this ISiloBuilder silo, SiloParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        silo.Services.AddSingleton<MemoryWatch>();
        silo.Services.AddSingleton<ILocalTrainerFactory>(services => new TorchTrainerFactory(halved: services.GetRequiredService<MemoryWatch>().Of("the processor")));
        silo.Services.AddSingleton<IOwnClasses, OwnAssemblies>();
        if (parts.Kind != SiloFacts.NoAccelerator)
        {
            silo.Services.AddSingleton(services => AcceleratorMath.Open(services, parts));
        }

        silo.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<AcceleratorHealth>(services, (Func<string, bool>)TorchTrainerFactory.Computes));
        silo.Services.AddSingleton(services =>
        {
            var health = services.GetRequiredService<AcceleratorHealth>();
            return new AcceleratorTrainers(
                [.. parts.Usable.Select(device => new WatchedTrainers(
                    device, new TorchTrainerFactory(device, services.GetRequiredService<MemoryWatch>().Of(device)), health))],
                AreUsable: () => health.Lost is null);
        });

        silo.UseSiloMetadata(parts.Metadata());
        return silo.AddSheafGrains(new TrainingLaneOptions { Lanes = parts.Lanes });
    }
}
