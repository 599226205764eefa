using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Placement;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Erasures;
using Sheaf.Grains.Models;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Telemetry;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains;

/// <summary>Puts Sheaf's grains and what they share on a silo.</summary>
public static class SheafGrains
{
    // A device is needed for moments of a round; what it holds is in storage.
    private static readonly TimeSpan DeviceIdleTime = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Adds the grains. The silo must add a storage provider named <see cref="StorageNames.Provider"/> with its <see cref="IStorageCleaner"/>, an
    /// <see cref="IErasureJournal"/>, an <see cref="Learning.Training.ILocalTrainerFactory"/> and <see cref="Learning.Extensions.IOwnClasses"/> itself.
    /// An <see cref="IChunkMath"/> that it has added before aggregates; otherwise the processor does. <see cref="AcceleratorTrainers"/> that it has added
    /// before train for tasks that ask for accelerators.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="lanes">How it trains.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddSheafGrains(this ISiloBuilder silo, TrainingLaneOptions lanes)
    {
        var services = silo.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new AwakeDeviceOptions());
        services.AddSingleton<AwakeDevices>();
        services.TryAddSingleton(new SliceRetryOptions());
        services.TryAddSingleton(new TaskGuardianOptions());
        services.TryAddSingleton(new RoundSnapshotOptions());
        services.AddSingleton(lanes);
        services.TryAddSingleton(new MemoryBudgetOptions());
        services.AddSingleton<MemoryBudget>();
        services.TryAddSingleton(new AcceleratorTrainers([]));
        services.AddSingleton<TrainingLanes>();
        services.AddSingleton<AcceleratorLanes>();
        services.AddSingleton<AcceleratedSilos>();
        services.AddSingleton<SumPool>();
        services.AddSingleton<TaskPrograms>();
        services.AddSingleton<PopulationCatalog>();
        services.AddSingleton<CheckpointCache>();
        services.AddSingleton<SiloSums>();
        services.AddSingleton<StoredSums>();
        services.AddSingleton<InputSums>();
        services.TryAddSingleton<IChunkMath, ProcessorChunkMath>();
        services.AddSingleton<SliceSessions>();
        services.AddSingleton<ReserveChooser>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SliceSessions>());
        services.TryAddSingleton(new DeviceSpanOptions());
        services.AddSingleton<DeviceSpans>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloGauges>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ErasureGuardian>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ExpiryGuardian>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, TaskGuardian>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SumHandover>();
        services.AddPlacementDirector<RendezvousPlacement, RendezvousPlacementDirector>();
        services.AddPlacementFilter<AcceleratorPlacementFilter, AcceleratorPlacementFilterDirector>(ServiceLifetime.Transient);
        services.Configure<GrainCollectionOptions>(options => options.ClassSpecificCollectionAge[typeof(DeviceGrain).FullName!] = DeviceIdleTime);
        return silo;
    }
}
