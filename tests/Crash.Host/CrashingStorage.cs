using Orleans.Storage;

namespace Sheaf.Crash.Host;

/// <summary>Passes the crash point with every write of a grain's state, before and after it.</summary>
/// <param name="inner">The storage.</param>
/// <param name="point">The point.</param>
internal sealed class CrashingStorage(IGrainStorage inner, CrashPoint point) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        point.Pass("write", stateName);
        await inner.WriteStateAsync(stateName, grainId, grainState);
        point.Pass("written", stateName);
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => (inner as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);
}
