using System.Collections.Immutable;
using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Silo.Hosting;

namespace Sheaf.Benchmarks;

/// <summary>Whole rounds through the grains, from selection to commit, beside the bare trainer on the same devices and on as many threads.</summary>
/// <remarks>The cohort is the whole population, so both train the same. The trainer gets its examples packed; the grains wake each device and pack its texts.</remarks>
internal static class RoundBenchmark
{
    private const int Rounds = 7;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures and prints the rows of a table.</summary>
    /// <param name="output">Where they go.</param>
    /// <returns>When all is printed.</returns>
    public static async Task RunAsync(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| round, {Environment.ProcessorCount} threads | first | later | bare trainer | later beside bare |"));
        output.WriteLine("|---|---|---|---|---|");
        foreach (var devices in new[] { 100, 10_000 })
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
            var population = cluster.Grains.GetGrain<IPopulation>("round");
            var made = new GeneratedSpec(
                Seed: 1, devices, ZipfExponent: 0, Workload.Examples, Workload.Examples, LabelConcentration: 10, Periods: 1, Drift: 0);
            await population.RegisterAsync(new PopulationSpec(16, 0, new RetentionSpec(null, null), made));
            await population.SealAsync(default);
            using var bare = new BareRound(made, await population.GetLabelsAsync());

            // One task for each round, so that both can take turns; its first checkpoint is not part of any phase.
            var (grains, alone) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                grains.Add(await TrainAsync(cluster.Grains, $"round-{round}", devices, await population.GetLabelsAsync()));
                alone.Add(bare.Train());
            }

            var later = grains.Skip(1).ToArray();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {devices:N0} devices | {grains[0]:F2} s | {Interleaved.Median(later):F2} s | {Interleaved.Median(alone.Skip(1)):F2} s | {Interleaved.Median(later.Zip(alone.Skip(1), (own, other) => own / other)):F1}× |"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> TrainAsync(IGrainFactory grains, string name, int devices, ImmutableArray<string> labels)
    {
        var coordinator = grains.GetGrain<IRoundCoordinator>(name);
        await coordinator.StartAsync(new TaskSpec("round", 1, labels, BareRound.Model, PlanOf(devices)));
        using var timer = new PeriodicTimer(PollInterval);
        while (await timer.WaitForNextTickAsync())
        {
            var progress = await coordinator.GetProgressAsync(0);
            if (progress is { Status: TaskRunStatus.Completed, Records: [var record] })
            {
                return record.Outcomes.Trained == devices
                    ? record.Seconds.Where(phase => phase.Key != RoundPhase.Evaluate).Sum(phase => phase.Value)
                    : throw new InvalidOperationException($"Only {record.Outcomes.Trained} of {devices} devices trained: what was measured is not the work.");
            }

            if (progress.Status == TaskRunStatus.Failed)
            {
                throw new InvalidOperationException(progress.Failure);
            }
        }

        throw new InvalidOperationException("The timer has stopped.");
    }

    private static PlanSpec PlanOf(int devices) => new(
        Rounds: 1,
        devices,
        new SelectionPlan("uniform", 1, 0, 1, 1, 0, 0),
        new LocalPlan(1, null, Workload.Local.BatchSize, Workload.LearningRate, Workload.Local.ExamplesMax),
        new BoundsPlan(10, 1000),
        "equal",
        new ServerPlan("fedavg", 1, 0, 0, 0, 0, new SchedulePlan("constant", 0, 1, 1)),
        TimeSpan.FromMinutes(5),
        new EvaluationPlan(0, 1));
}
