using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Sheaf.Abstractions.Security;
using Sheaf.Silo.Hosting;
using Sheaf.Silo.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Silos and clients as hosts of their own, on real sockets.</summary>
internal static class TlsHosts
{
    public const string ClusterId = "test";

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static IHost Silo(TlsOptions tls, string folder, int siloPort, int gatewayPort, int primaryPort, ILoggerProvider? log = null)
    {
        var builder = Builder(log);
        builder.UseOrleans(silo => silo
            .UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, primaryPort))
            .Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("sheaf", ClusterId))
            .ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort)
            .UseMutualTls(tls, new AuditOptions { File = Path.Combine(folder, $"audit-{siloPort}.jsonl") })
            .AddSheaf(Path.Combine(folder, "cluster.db"), new SiloParts(1)));
        return builder.Build();
    }

    public static IHost Client(TlsOptions? tls, int gatewayPort, ILoggerProvider? log = null, Action<IClientBuilder>? configure = null)
    {
        var builder = Builder(log);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort))
                .Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("sheaf", ClusterId));
            if (tls is not null)
            {
                client.UseMutualTls(tls);
            }

            configure?.Invoke(client);
        });
        return builder.Build();
    }

    private static HostApplicationBuilder Builder(ILoggerProvider? log)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.Services.AddSingleton<IHostLifetime, TestLifetime>();
        return builder;
    }

    private sealed class TestLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
