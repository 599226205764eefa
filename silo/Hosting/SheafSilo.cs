using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Sheaf.Grains;
using Sheaf.Grains.Training;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Training;
using Sheaf.Silo.Extensions;
using Sheaf.Silo.Storage;

namespace Sheaf.Silo.Hosting;

/// <summary>Composes a silo: grains, trainers, accelerators and storage.</summary>
public static class SheafSilo
{
    /// <summary>Adds everything but clustering.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">What this silo is.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddSheaf(this ISiloBuilder silo, SiloComposition options)
    {
        ArgumentNullException.ThrowIfNull(options);
        silo.Services.AddSingleton<ILocalTrainerFactory, TorchTrainerFactory>();
        silo.Services.AddSingleton<IOwnClasses, OwnAssemblies>();
        silo.UseSiloMetadata(new Dictionary<string, string> { ["accelerator"] = options.Accelerator });
        return silo.AddSqliteStorage(options.DatabaseFile).AddSheafGrains(new TrainingLaneOptions { Lanes = options.Lanes });
    }
}

/// <summary>What a silo is made of.</summary>
/// <param name="DatabaseFile">The SQLite file that holds all grain state.</param>
/// <param name="Lanes">Training threads, at least 1.</param>
/// <param name="Accelerator">What the silo says it has: <c>cuda</c> or <c>none</c>.</param>
public sealed record SiloComposition(string DatabaseFile, int Lanes, string Accelerator = "none");
