using System.Diagnostics;
using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Torch.Benchmarks;
using Sheaf.Silo.Benchmarks;
using Sheaf.Silo.Hosting;

namespace Sheaf.Benchmarks;

/// <summary>
/// Populations of millions: how long until all devices are registered and one can select, what a device costs that sleeps, how long a cohort of 10,000
/// takes to select, and what memory the process needs.
/// </summary>
internal static class PopulationBenchmark
{
    private const int Cohort = 10_000;
    private const int Rounds = 20;
    private const int Shards = 16;
    private static readonly int[] Sizes = [100_000, 1_000_000, 10_000_000];

    /// <summary>Measures and prints the rows of a table.</summary>
    /// <param name="output">Where they go.</param>
    /// <returns>When all is printed.</returns>
    public static async Task RunAsync(TextWriter output)
    {
        output.WriteLine($"| devices | registered and the first cohort selected | a device that sleeps | select {Cohort:N0} | round, median | resident after round 5 | after round {Rounds} |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var devices in Sizes)
        {
            await MeasureAsync(devices, output);
        }
    }

    private static async Task MeasureAsync(int devices, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-benchmarks-");
        try
        {
            await using var cluster = await EmbeddedCluster.StartAsync(folder.FullName);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var start = Stopwatch.GetTimestamp();
            var population = cluster.Grains.GetGrain<IPopulation>("many");
            await population.RegisterAsync(new PopulationSpec(
                Shards, 0.1, new RetentionSpec(null, null), new GeneratedSpec(Seed: 1, devices, ZipfExponent: 1, ExamplesMean: 13, ExamplesMax: 200, LabelConcentration: 10, Periods: 1, Drift: 0)));
            await population.SealAsync(default);
            // Selecting a cohort of two, which wakes two devices, has every shard count all of its own.
            await CompleteAsync(cluster.Grains, "first", await SpecAsync(population, cohort: 2, rounds: 1), _ => { });
            var registered = Stopwatch.GetElapsedTime(start);
            var each = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / devices;

            var resident = new Dictionary<int, double>();
            using var process = Process.GetCurrentProcess();
            var records = await CompleteAsync(cluster.Grains, "study", await SpecAsync(population, Cohort, Rounds), round =>
            {
                process.Refresh();
                resident[round] = process.WorkingSet64 / 1e9;
            });
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {devices:N0} | {registered.TotalSeconds:F1} s | {each:F0} bytes | {1000 * Interleaved.Median(records.Select(record => record.Seconds[RoundPhase.Select])):F0} ms | {Interleaved.Median(records.Select(record => record.Seconds.Values.Sum())):F2} s | {At(resident, 5):F2} GB | {At(resident, Rounds):F2} GB |"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The last one seen up to a round: between two looks several may end.
    private static double At(Dictionary<int, double> resident, int round) => resident.Where(seen => seen.Key <= round).MaxBy(seen => seen.Key).Value;

    private static async Task<IReadOnlyList<RoundRecord>> CompleteAsync(IGrainFactory grains, string name, TaskSpec spec, Action<int> onRound)
    {
        var coordinator = grains.GetGrain<IRoundCoordinator>(name);
        await coordinator.StartAsync(spec);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var known = 0;
        while (await timer.WaitForNextTickAsync())
        {
            var progress = await coordinator.GetProgressAsync(0);
            if (progress.Records.Length > known)
            {
                onRound(known = progress.Records.Length);
            }

            switch (progress.Status)
            {
                case TaskRunStatus.Completed:
                    return progress.Records;
                case TaskRunStatus.Failed:
                    throw new InvalidOperationException(progress.Failure);
            }
        }

        throw new InvalidOperationException("The timer has stopped.");
    }

    private static async Task<TaskSpec> SpecAsync(IPopulation population, int cohort, int rounds) => new(
        "many", 1, await population.GetLabelsAsync(), BareRound.Model, RoundBenchmark.PlanOf(cohort) with { Rounds = rounds, Selection = new SelectionPlan("power", 1, 0, 1, 1, 0, 0) });
}
