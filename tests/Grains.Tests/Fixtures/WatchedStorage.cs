using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Sheaf.Grains.Rounds;
using Sheaf.Silo.Storage;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>The cluster's real storage; the coordinator's writes pass by the watch, and all by the faults.</summary>
internal sealed class WatchedStorage(IGrainStorage real, CommitWatch watch, Faults faults) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Puts the watch before the storage that is registered.</summary>
    public static void Wrap(IServiceCollection services, CommitWatch watch, Faults faults) =>
        services.WrapStates((_, real) => new WatchedStorage(real, watch, faults));

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => real.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        faults.Pass(stateName, grainId.Key.ToString()!);
        watch.Note(grainId.Key.ToString()!, stateName);
        if (grainState.State is not TaskState state)
        {
            await real.WriteStateAsync(stateName, grainId, grainState);
            return;
        }

        await watch.WritingAsync(grainId.Key.ToString()!, state);
        await real.WriteStateAsync(stateName, grainId, grainState);
        watch.Written(grainId.Key.ToString()!, state);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => real.ClearStateAsync(stateName, grainId, grainState);

    public void Participate(ISiloLifecycle observer) => (real as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);
}
