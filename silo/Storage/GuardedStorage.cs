using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage;

/// <summary>The grain storage in a database, whose errors say what they mean and what to do about them.</summary>
/// <typeparam name="TException">What the database's driver throws.</typeparam>
/// <param name="inner">The storage.</param>
/// <param name="failure">Puts such an error into words.</param>
internal sealed class GuardedStorage<TException>(IGrainStorage inner, Func<TException, StorageFailedException> failure)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
    where TException : DbException
{
    /// <summary>Puts the guard before the storage that is registered.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="failure">Puts an error into words.</param>
    public static void Wrap(IServiceCollection services, Func<IServiceProvider, TException, StorageFailedException> failure) =>
        services.WrapStates((provider, inner) => new GuardedStorage<TException>(inner, exception => failure(provider, exception)));

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
        catch (TException exception)
        {
            throw failure(exception);
        }
    }
}
