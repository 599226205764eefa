using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using Sheaf.Grains;
using Sheaf.Grains.Tests.Postgres;
using Sheaf.Silo.Hosting;
using Sheaf.Silo.Storage;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Benchmarks;

/// <summary>How many states of devices a silo reads and writes in a second, of 1 kB each and as many at once as a round has: in batches, and by AdoNet's own storage.</summary>
internal static class StorageBenchmark
{
    private const int Bytes = 1024;
    private const int AtOnce = 2000;
    private const int Devices = 20_000;

    /// <summary>Measures and prints the rows of a table.</summary>
    /// <param name="output">Where they go.</param>
    /// <returns>When all is printed.</returns>
    public static async Task RunAsync(TextWriter output)
    {
        output.WriteLine("| states a second | written anew | changed | read | read, none there |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var kind in new[] { DeviceStorageKind.AdoNet, DeviceStorageKind.Grouped })
        {
            var folder = Directory.CreateTempSubdirectory("sheaf-benchmarks-");
            try
            {
                await MeasureAsync($"SQLite, {kind.ToString().ToLowerInvariant()}", silo => silo
                    .UseLocalhostClustering(FreePort(), FreePort())
                    .AddSheaf(Path.Combine(folder.FullName, "cluster.db"), new SiloParts(1)), kind, output);
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
        foreach (var kind in new[] { DeviceStorageKind.AdoNet, DeviceStorageKind.Grouped })
        {
            var options = new PostgresOptions
            {
                ConnectionString = await server.CreateAsync(kind.ToString().ToLowerInvariant()), JournalFile = Path.Combine(server.Folder, $"{kind}.jsonl"),
            };
            await MeasureAsync($"PostgreSQL, {kind.ToString().ToLowerInvariant()}", silo => silo
                .AddSheaf(options, new SiloParts(1))
                .ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort()), kind, output);
        }
    }

    private static async Task MeasureAsync(string name, Action<ISiloBuilder> add, DeviceStorageKind kind, TextWriter output)
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
        var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider);
        var rows = Enumerable.Range(0, Devices).Select(device => (Id: GrainId.Create("device", $"p/{device}"), Row: new GrainState<byte[]>(new byte[Bytes]))).ToArray();

        double[] rates =
        [
            await RateAsync(rows.Length, at => storage.WriteStateAsync(StorageNames.Device, rows[at].Id, rows[at].Row)),
            await RateAsync(rows.Length, at => storage.WriteStateAsync(StorageNames.Device, rows[at].Id, rows[at].Row)),
            await RateAsync(rows.Length, at => storage.ReadStateAsync(StorageNames.Device, rows[at].Id, new GrainState<byte[]>([]))),
            await RateAsync(rows.Length, at => storage.ReadStateAsync(StorageNames.Device, GrainId.Create("device", $"q/{at}"), new GrainState<object>(new object()))),
        ];
        output.WriteLine($"| {name} | {string.Join(" | ", rates.Select(rate => rate.ToString("N0", CultureInfo.InvariantCulture)))} |");
        await host.StopAsync();
    }

    private static async Task<double> RateAsync(int count, Func<int, Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (at, _) => await act(at));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
