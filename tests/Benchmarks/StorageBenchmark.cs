using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using Sheaf.Grains;
using Sheaf.Silo.Storage;

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
        await StorageHosts.ForEachAsync([DeviceStorageKind.AdoNet, DeviceStorageKind.Grouped], lanes: 1, output, (name, host) => MeasureAsync(name, host, output));
    }

    private static async Task MeasureAsync(string name, IHost host, TextWriter output)
    {
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
    }

    private static async Task<double> RateAsync(int count, Func<int, Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (at, _) => await act(at));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
