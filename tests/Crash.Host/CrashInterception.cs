using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;

namespace Sheaf.Crash.Host;

/// <summary>
/// Puts a crash point into the silo that the command hosts, by the event that every .NET host sends before it is built: the command
/// itself knows nothing of it.
/// </summary>
internal sealed class CrashInterception : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly CrashPoint _point;
    private readonly List<IDisposable> _subscriptions = [];

    private CrashInterception(CrashPoint point) => _point = point;

    /// <summary>Watches for hosts from now on.</summary>
    /// <param name="point">Where the process ends.</param>
    /// <returns>Disposed of, it watches no more.</returns>
    public static CrashInterception Install(CrashPoint point)
    {
        var interception = new CrashInterception(point);
        interception._subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(interception));
        return interception;
    }

    /// <inheritdoc/>
    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting")
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    /// <inheritdoc/>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilding", Value: IHostBuilder builder })
        {
            builder.ConfigureServices((_, services) => Add(services));
        }
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
    }

    /// <inheritdoc/>
    public void OnError(Exception error)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    private void Add(IServiceCollection services)
    {
        services.AddSingleton<IIncomingGrainCallFilter>(new CrashingCalls(_point));
        var registered = services.Last(service => service.IsKeyedService && service.ServiceType == typeof(IGrainStorage));
        services.Remove(registered);
        services.AddKeyedSingleton<IGrainStorage>(
            registered.ServiceKey,
            (provider, key) => new CrashingStorage((IGrainStorage)registered.KeyedImplementationFactory!(provider, key), _point));
    }
}
