using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sheaf.Abstractions;
using Sheaf.Grains.Rounds;

namespace Sheaf.Silo.Hosting;

/// <summary>A cluster of one silo inside this process, on a SQLite file: what the command uses when no cluster is named.</summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    private readonly IHost _host;

    private EmbeddedCluster(IHost host) => _host = host;

    /// <summary>Finds the cluster's grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts the cluster.</summary>
    /// <param name="folder">Where its database and log are kept; created when missing.</param>
    /// <param name="cancellationToken">Stops starting.</param>
    /// <returns>The running cluster.</returns>
    /// <exception cref="StorageFailedException">Its database cannot be used; the message says why and what to do.</exception>
    public static async Task<EmbeddedCluster> StartAsync(string folder, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(new FileLoggerProvider(Path.Combine(folder, "sheaf.log"), TimeProvider.System));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Sheaf", LogLevel.Information);
        // Whoever embeds the cluster decides when it stops; the host's own lifetime would swallow the signals.
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        // Whoever opens a run to look at it does not go on with it.
        builder.Services.AddSingleton(new TaskGuardianOptions { WakesOnStart = false });
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), FreePort(), serviceId: "sheaf", clusterId: "embedded")
            .AddSheaf(Path.Combine(folder, "cluster.db"), SiloParts.Find(Environment.ProcessorCount)));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new EmbeddedCluster(host);
        }
        catch (Exception exception)
        {
            // A silo that has not come up cannot be stopped, only thrown away.
            host.Dispose();
            ExceptionDispatchInfo.Throw(StorageFailedException.In(exception) ?? exception);
            throw;
        }
    }

    /// <summary>Stops the cluster; everything committed stays in its folder.</summary>
    /// <returns>When it has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    // The silo's two sockets are open to this machine only; asking for a free port keeps two runs from meeting.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
