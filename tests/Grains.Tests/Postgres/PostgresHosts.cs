using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using Sheaf.Silo.Hosting;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>Silos as hosts of their own that know each other through PostgreSQL alone.</summary>
internal sealed class PostgresHosts : IAsyncDisposable
{
    private readonly List<IHost> _hosts = [];

    public IGrainFactory Grains => _hosts[0].Services.GetRequiredService<IGrainFactory>();

    public IGrainStorage Storage => Service<IGrainStorage>(0, StorageNames.Provider);

    public static async Task<PostgresHosts> StartAsync(PostgresOptions options, int silos)
    {
        var cluster = new PostgresHosts();
        try
        {
            for (var silo = 0; silo < silos; silo++)
            {
                var host = Build(options, $"silo-{silo}");
                cluster._hosts.Add(host);
            }

            await Task.WhenAll(cluster._hosts.Select(host => host.StartAsync()));
            return cluster;
        }
        catch
        {
            // A silo that has not come up cannot be stopped, only thrown away.
            cluster._hosts.ForEach(host => host.Dispose());
            throw;
        }
    }

    public T Service<T>(int silo, object? key = null)
        where T : notnull => _hosts[silo].Services.GetRequiredKeyedService<T>(key);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_hosts.Select(host => host.StopAsync()));
        _hosts.ForEach(host => host.Dispose());
    }

    /// <summary>Builds a silo without starting it.</summary>
    public static IHost Build(PostgresOptions options, string name)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, TestLifetime>();
        builder.UseOrleans(silo => silo
            .AddSheaf(options, new SiloParts(Lanes: 2))
            .Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("sheaf", "test"))
            .Configure<SiloOptions>(silo => silo.SiloName = name)
            .ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort()));
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class TestLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
