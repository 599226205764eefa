using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using Sheaf.Grains;
using Sheaf.Silo.Storage.Grouped;

namespace Sheaf.Silo.Storage;

/// <summary>What a silo needs with either database.</summary>
internal static class StorageServices
{
    /// <summary>Stores states as Orleans' binary form, never as JSON: a checkpoint chunk is stored as it is.</summary>
    /// <param name="services">The silo's services.</param>
    public static void AddBinaryStates(this IServiceCollection services) => services.AddKeyedSingleton<IGrainStorageSerializer>(
        StorageNames.Provider, (provider, _) => new OrleansGrainStorageSerializer(provider.GetRequiredService<Serializer>()));

    /// <summary>Puts a storage before the one that is registered.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="wrap">Makes it of the one that is registered.</param>
    public static void WrapStates(this IServiceCollection services, Func<IServiceProvider, IGrainStorage, IGrainStorage> wrap)
    {
        var registered = services.Last(service => service.ServiceType == typeof(IGrainStorage) && service.ServiceKey as string == StorageNames.Provider);
        services.Remove(registered);
        services.AddKeyedSingleton(StorageNames.Provider, (provider, key) => wrap(provider, (IGrainStorage)registered.KeyedImplementationFactory!(provider, key)));
    }

    /// <summary>Reads and writes the states of devices, which are many, in batches; unless the silo is told to leave them to AdoNet's own storage.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="rows">Makes what reads and writes a batch, for the cluster's service.</param>
    public static void GroupDevices(this IServiceCollection services, Func<IServiceProvider, string, IRowBatches> rows) => services.WrapStates((provider, inner) =>
        provider.GetService<DeviceStorageOptions>()?.Kind == DeviceStorageKind.AdoNet
            ? inner
            : new GroupedStorage(
                inner,
                StorageNames.Device,
                rows(provider, provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId),
                provider.GetRequiredKeyedService<IGrainStorageSerializer>(StorageNames.Provider)));

    /// <summary>Runs a step before anything else of the silo starts: the providers read their queries when they start, and membership is the first of them.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="name">The step's name, for the log.</param>
    /// <param name="start">The step.</param>
    public static void AddFirstStep(this IServiceCollection services, string name, Func<IServiceProvider, CancellationToken, Task> start) =>
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => new FirstStep(name, cancellation => start(provider, cancellation)));

    private sealed class FirstStep(string name, Func<CancellationToken, Task> start) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(name, ServiceLifecycleStage.First, start);
    }
}
