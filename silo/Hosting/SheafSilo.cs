using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.MembershipService.SiloMetadata;
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
    /// <param name="options">What this silo is.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddSheaf(this ISiloBuilder silo, SiloComposition options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return silo.AddSqliteStorage(options.DatabaseFile).AddParts(options.Lanes, options.Accelerator);
    }

    /// <summary>Adds everything, clustering included, on a PostgreSQL database that all silos of the cluster share.</summary>
    /// <param name="silo">The silo; its endpoints and the cluster's ids are the caller's to say.</param>
    /// <param name="database">The database.</param>
    /// <param name="lanes">Training threads, at least 1.</param>
    /// <param name="accelerator">What the silo says it has: <c>cuda</c> or <c>none</c>.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">The database's options cannot be used; the message names all problems.</exception>
    public static ISiloBuilder AddSheaf(this ISiloBuilder silo, PostgresOptions database, int lanes, string accelerator = "none") =>
        silo.UsePostgresClustering(database).AddPostgresStorage(database).AddParts(lanes, accelerator);

    private static ISiloBuilder AddParts(this ISiloBuilder silo, int lanes, string accelerator)
    {
        silo.Services.AddSingleton<ILocalTrainerFactory, TorchTrainerFactory>();
        silo.Services.AddSingleton<IOwnClasses, OwnAssemblies>();
        if (accelerator == "cuda")
        {
            silo.Services.AddSingleton(AcceleratorMath.Open);
        }

        silo.UseSiloMetadata(new Dictionary<string, string> { ["accelerator"] = accelerator });
        return silo.AddSheafGrains(new TrainingLaneOptions { Lanes = lanes });
    }
}

/// <summary>What a silo is made of.</summary>
/// <param name="DatabaseFile">The SQLite file that holds all grain state.</param>
/// <param name="Lanes">Training threads, at least 1.</param>
/// <param name="Accelerator">What the silo says it has: <c>cuda</c> or <c>none</c>.</param>
public sealed record SiloComposition(string DatabaseFile, int Lanes, string Accelerator = "none");
