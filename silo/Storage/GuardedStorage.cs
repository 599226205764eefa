using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace Sheaf.Silo.Storage;

/// <summary>The grain storage on a SQLite file, whose errors say what they mean and what to do about them.</summary>
/// <param name="inner">The storage.</param>
/// <param name="file">Its file.</param>
internal sealed class GuardedStorage(IGrainStorage inner, string file) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.ReadStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.WriteStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.ClearStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => (inner as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);

    private async Task GuardAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (SqliteException exception)
        {
            throw SqliteFailure.Of(file, exception);
        }
    }
}
