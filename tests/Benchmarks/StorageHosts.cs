using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Sheaf.Grains.Tests.Postgres;
using Sheaf.Silo.Hosting;
using Sheaf.Silo.Storage;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Benchmarks;

/// <summary>A silo on each kind of storage, one after the other.</summary>
internal static class StorageHosts
{
    /// <summary>Starts a silo on SQLite and one on a PostgreSQL server of its own, for each way of storing devices.</summary>
    /// <param name="kinds">The ways.</param>
    /// <param name="lanes">The silo's training threads.</param>
    /// <param name="output">Where it is said that there is no PostgreSQL.</param>
    /// <param name="measure">What is measured on each, with its name.</param>
    /// <returns>When all has been measured.</returns>
    public static async Task ForEachAsync(IReadOnlyList<DeviceStorageKind> kinds, int lanes, TextWriter output, Func<string, IHost, Task> measure)
    {
        foreach (var kind in kinds)
        {
            var folder = Directory.CreateTempSubdirectory("sheaf-benchmarks-");
            try
            {
                await RunAsync(kind, measure, $"SQLite, {NameOf(kind)}", silo => silo
                    .UseLocalhostClustering(FreePort(), FreePort())
                    .AddSheaf(Path.Combine(folder.FullName, "cluster.db"), new SiloParts(lanes)));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        if (PostgresServer.Programs is null)
        {
            output.WriteLine("There is no PostgreSQL server here (initdb, pg_ctl): it was not measured.");
            return;
        }

        // As people run it: every commit is on the disk.
        await using var server = await PostgresServer.StartAsync("-c fsync=on");
        foreach (var kind in kinds)
        {
            var options = new PostgresOptions { ConnectionString = await server.CreateAsync(NameOf(kind)), JournalFile = Path.Combine(server.Folder, $"{kind}.jsonl") };
            await RunAsync(kind, measure, $"PostgreSQL, {NameOf(kind)}", silo => silo
                .AddSheaf(options, new SiloParts(lanes))
                .ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort()));
        }
    }

    private static async Task RunAsync(DeviceStorageKind kind, Func<string, IHost, Task> measure, string name, Action<ISiloBuilder> add)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new DeviceStorageOptions(kind));
        builder.UseOrleans(silo =>
        {
            add(silo);
            silo.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("sheaf", "benchmark"));
        });
        using var host = builder.Build();
        await host.StartAsync();
        await measure(name, host);
        await host.StopAsync();
    }

    private static string NameOf(DeviceStorageKind kind) => kind.ToString().ToLowerInvariant();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
