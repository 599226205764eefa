using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Sheaf.Client.Running;

namespace Sheaf.Client.Clusters;

/// <summary>A cluster of other processes, as a client sees it. Lost connections are made anew by themselves.</summary>
internal sealed class RemoteCluster : IAsyncDisposable
{
    private readonly IHost _host;

    private RemoteCluster(IHost host) => _host = host;

    /// <summary>Finds the cluster's grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects to a cluster.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cancellationToken">Stops connecting.</param>
    /// <returns>The connected cluster.</returns>
    /// <exception cref="RunFailedException">It cannot be reached.</exception>
    public static async Task<RemoteCluster> ConnectAsync(ClusterAddress address, CancellationToken cancellationToken)
    {
        var gateways = await address.ResolveAsync(cancellationToken);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, ClientLifetime>();
        builder.UseOrleansClient(client => client
            .UseStaticClustering(gateways)
            .Configure<ClusterOptions>(options => options.ClusterId = address.Id));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new RemoteCluster(host);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            host.Dispose();
            throw new RunFailedException(
                $"No silo of the cluster '{address.Id}' lets this client in at {address} ({CommandFailure.Summarize(exception)}). "
                + "Check that it runs there, that its name is that one, and that nothing is between.",
                exception);
        }
    }

    /// <summary>Disconnects; what runs in the cluster goes on.</summary>
    /// <returns>When it is disconnected.</returns>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class ClientLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
