using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Telemetry;
using Sheaf.Learning.Torch.Benchmarks;
using Sheaf.Silo.Benchmarks;
using Sheaf.Silo.Hosting;

namespace Sheaf.Benchmarks;

/// <summary>What telling costs: rounds of the same devices while nobody listens, and while traces and metrics are collected by OpenTelemetry and thrown away, in turns.</summary>
internal static class TelemetryBenchmark
{
    private const int Devices = 2_000;
    private const int Rounds = 10;
    private const int Turns = 12;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Measures.</summary>
    /// <returns>The table.</returns>
    public static async Task<BenchmarkTable> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-benchmarks-");
        try
        {
            await using var cluster = await EmbeddedCluster.StartAsync(folder.FullName);
            var population = cluster.Grains.GetGrain<IPopulation>("many");
            await population.RegisterAsync(new PopulationSpec(
                16, 0, new RetentionSpec(null, null), new GeneratedSpec(Seed: 1, Devices, ZipfExponent: 0, Workload.Examples, Workload.Examples, LabelConcentration: 10, Periods: 1, Drift: 0)));
            await population.SealAsync(default);
            (string Name, string[] Meters)[] ways = [("nobody listens", []), ("traces and metrics", [SheafTelemetry.Name]), ("and Orleans' metrics", [SheafTelemetry.Name, "Microsoft.Orleans"])];
            var seconds = ways.Select(_ => new List<double>()).ToArray();
            for (var turn = 0; turn <= Turns; turn++)
            {
                for (var way = 0; way < ways.Length; way++)
                {
                    using var listening = Listen(ways[way].Meters);
                    seconds[way].Add(await TrainAsync(cluster.Grains, population, Show($"way-{way}-{turn}")));
                }
            }

            // The first turn compiles code and wakes devices.
            return new BenchmarkTable(
                [Show($"round of {Devices:N0} devices"), "milliseconds", "beside telling nothing"],
                [.. ways.Zip(seconds, (way, own) => (string[])
                [
                    way.Name, Show($"{1000 * Interleaved.Median(own.Skip(1)):F1}"), Show($"{Interleaved.Median(own.Zip(seconds[0], (told, silent) => told / silent).Skip(1)):F2}×"),
                ])]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static CompositeDisposable Listen(string[] meters)
    {
        if (meters.Length == 0)
        {
            return new CompositeDisposable([]);
        }

        var traces = Sdk.CreateTracerProviderBuilder().AddSource(SheafTelemetry.Name).AddProcessor(new BatchActivityExportProcessor(new Nowhere<System.Diagnostics.Activity>())).Build();
        var metrics = Sdk.CreateMeterProviderBuilder().AddMeter(meters).AddReader(new PeriodicExportingMetricReader(new Nowhere<Metric>(), 1000)).Build();
        return new CompositeDisposable([traces, metrics]);
    }

    private static async Task<double> TrainAsync(IGrainFactory grains, IPopulation population, string name)
    {
        var coordinator = grains.GetGrain<IRoundCoordinator>(name);
        await coordinator.StartAsync(new TaskSpec("many", 1, await population.GetLabelsAsync(), BareRound.Model, RoundBenchmark.PlanOf(Devices) with { Rounds = Rounds }));
        using var timer = new PeriodicTimer(PollInterval);
        while (await timer.WaitForNextTickAsync())
        {
            var progress = await coordinator.GetProgressAsync(0);
            if (progress.Status == TaskRunStatus.Completed)
            {
                return Interleaved.Median(progress.Records.Select(record => record.Seconds.Where(phase => phase.Key != RoundPhase.Evaluate).Sum(phase => phase.Value)));
            }

            if (progress.Status == TaskRunStatus.Failed)
            {
                throw new InvalidOperationException(progress.Failure);
            }
        }

        throw new InvalidOperationException("The timer has stopped.");
    }

    private static string Show(FormattableString text) => FormattableString.Invariant(text);

    private sealed class CompositeDisposable(IDisposable[] parts) : IDisposable
    {
        public void Dispose() => Array.ForEach(parts, part => part.Dispose());
    }

    private sealed class Nowhere<T> : BaseExporter<T>
        where T : class
    {
        public override ExportResult Export(in Batch<T> batch) => ExportResult.Success;
    }
}
