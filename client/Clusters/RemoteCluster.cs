using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Sheaf.Abstractions.Security;
using Sheaf.Client.Running;

namespace Sheaf.Client.Clusters;

/// <summary>A cluster of other processes, as a client sees it. Lost connections are made anew by themselves.</summary>
internal sealed class RemoteCluster : IAsyncDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GatewayPatience = TimeSpan.FromSeconds(5);

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
        var tls = address.Tls is { } folder ? ClientCertificate.Of(folder) : null;
        await (tls is null ? EnsureListenedToAsync(address, gateways, cancellationToken) : EnsureLetInAsync(address, gateways, tls, cancellationToken));
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(gateways).Configure<ClusterOptions>(options => options.ClusterId = address.Id);
            if (tls is not null)
            {
                client.UseMutualTls(tls);
            }
        });
        var host = builder.Build();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ConnectPatience);
        try
        {
            await host.StartAsync(patience.Token);
            return new RemoteCluster(host);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            throw new RunFailedException($"{Nobody(address)}: something listens there and does not let it in. Check the cluster's name, whether its silos want a certificate (--tls), and their logs.", exception);
        }
    }

    private static string Nobody(ClusterAddress address) => $"No silo of the cluster '{address.Id}' lets this client in at {address}";

    /// <summary>Finds out at once, and with the reason, whether nothing is there: the runtime would try for minutes.</summary>
    private static async Task EnsureListenedToAsync(ClusterAddress address, IPEndPoint[] gateways, CancellationToken cancellationToken)
    {
        var reason = "";
        foreach (var gateway in gateways)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(GatewayPatience);
            try
            {
                using var socket = new Socket(gateway.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(gateway, patience.Token);
                return;
            }
            catch (SocketException exception)
            {
                reason = exception.Message;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                reason = "no answer";
            }
        }

        throw new RunFailedException($"{Nobody(address)} ({reason}). Check that one runs there, and that nothing is between.");
    }

    /// <summary>Finds out at once whether a silo lets this client in.</summary>
    private static async Task EnsureLetInAsync(ClusterAddress address, IPEndPoint[] gateways, TlsOptions tls, CancellationToken cancellationToken)
    {
        var problems = tls.Problems(TlsEnd.Client).ToList();
        if (problems.Count == 0)
        {
            foreach (var gateway in gateways)
            {
                if (await GatewayProbe.DialAsync(tls, gateway, cancellationToken) is not { } problem)
                {
                    return;
                }

                problems.Add(problem);
            }
        }

        throw new RunFailedException($"{Nobody(address)}. {string.Join(" ", problems)}");
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
