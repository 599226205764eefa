using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using Sheaf.Grains;

namespace Sheaf.Silo.Storage;

/// <summary>What a silo needs with either database.</summary>
internal static class StorageServices
{
    /// <summary>Stores states as Orleans' binary form, never as JSON: a checkpoint chunk is stored as it is.</summary>
    /// <param name="services">The silo's services.</param>
    public static void AddBinaryStates(this IServiceCollection services) => services.AddKeyedSingleton<IGrainStorageSerializer>(
        StorageNames.Provider, (provider, _) => new OrleansGrainStorageSerializer(provider.GetRequiredService<Serializer>()));

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
