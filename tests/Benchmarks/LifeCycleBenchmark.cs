using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Telemetry;
using Sheaf.Silo.Benchmarks;
using Sheaf.Silo.Storage;

namespace Sheaf.Benchmarks;

/// <summary>
/// What the life of data costs through the grains, on devices whose states must persist: examples are pushed, deleted by policy, trained on once and deleted,
/// erased. Every step writes each device's state at least once.
/// </summary>
internal static class LifeCycleBenchmark
{
    private const int Devices = 100_000;
    private const int Shards = 1024;
    private const int Examples = 5;
    private const int Kept = 4;
    private const int DevicesInBatch = 1000;
    private const int Cohort = 10_000;
    private const int Erased = 2_000;
    private const int ErasedAtOnce = 100;

    /// <summary>Measures and prints the rows of a table.</summary>
    /// <param name="output">Where they go.</param>
    /// <returns>When all is printed.</returns>
    public static async Task RunAsync(TextWriter output)
    {
        output.WriteLine($"| {Devices:N0} devices | step | devices | seconds | devices a second | writes of devices' states a second |");
        output.WriteLine("|---|---|---|---|---|---|");
        await StorageHosts.ForEachAsync([DeviceStorageKind.Grouped], Environment.ProcessorCount, output, (name, host) => MeasureAsync(name, host.Services.GetRequiredService<IGrainFactory>(), output));
    }

    private static async Task MeasureAsync(string name, IGrainFactory grains, TextWriter output)
    {
        var population = grains.GetGrain<IPopulation>("lives");
        await population.RegisterAsync(new PopulationSpec(Shards, 0, new RetentionSpec(Kept, null, TrainOnce: true), null));
        await StepAsync("push five examples to each", Devices, PushAsync);
        await StepAsync("delete the oldest of each by policy", Devices, () => population.SealAsync(DateTimeOffset.UnixEpoch.AddDays(1)));
        await StepAsync("erase, before any round", Erased, () => EraseAsync(Devices - Erased));
        await StepAsync("train a cohort and delete what it trained on", Cohort, TrainAsync);
        await StepAsync("erase", Erased, () => EraseAsync(0));

        Task EraseAsync(int first) => Parallel.ForAsync(
            first, first + Erased, new ParallelOptions { MaxDegreeOfParallelism = ErasedAtOnce }, async (device, _) => await grains.GetGrain<IDevice>(DeviceKey.Of("lives", IdOf(device))).EraseAsync(EraseSpec.All));

        async Task PushAsync()
        {
            for (var first = 0; first < Devices; first += DevicesInBatch)
            {
                await population.IntakeAsync([.. Enumerable.Range(0, DevicesInBatch * Examples).Select(at => Row((first * Examples) + at))]);
            }
        }

        async Task TrainAsync()
        {
            var coordinator = grains.GetGrain<IRoundCoordinator>("lives");
            await coordinator.StartAsync(new TaskSpec("lives", 1, ["no", "yes"], BareRound.Model, RoundBenchmark.PlanOf(Cohort) with { Rounds = 1 }));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            for (var progress = await coordinator.GetProgressAsync(0); progress.Status != TaskRunStatus.Completed; progress = await coordinator.GetProgressAsync(0))
            {
                _ = progress.Status != TaskRunStatus.Failed ? true : throw new InvalidOperationException(progress.Failure);
                await timer.WaitForNextTickAsync();
            }
        }

        async Task StepAsync(string step, int devices, Func<Task> act)
        {
            using var writes = new WriteCount();
            var start = Stopwatch.GetTimestamp();
            await act();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {step} | {devices:N0} | {seconds:F1} | {devices / seconds:N0} | {writes.Count / seconds:N0} |"));
        }
    }

    private static Arrival Row(int row) => new(
        IdOf(row / Examples), row + 1, DateTimeOffset.UnixEpoch.AddSeconds(row / 10.0), $"turn the lamp in room {row % 97} on at {row % 24}", row % 2 == 0 ? "no" : "yes", null);

    private static string IdOf(int device) => device.ToString(CultureInfo.InvariantCulture);

    /// <summary>Counts the writes of devices' states in this process.</summary>
    private sealed class WriteCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public WriteCount()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == SheafTelemetry.Name && instrument.Name == "sheaf.device.storage.duration")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
            {
                if (tags[0].Value is "write")
                {
                    Interlocked.Increment(ref _count);
                }
            });
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
