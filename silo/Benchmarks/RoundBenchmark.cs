using System.Collections.Immutable;
using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Torch.Benchmarks;
using Sheaf.Silo.Hosting;

namespace Sheaf.Silo.Benchmarks;

/// <summary>Whole rounds through the grains, from selection to commit, beside the bare trainer on the same devices and on as many threads.</summary>
/// <remarks>The cohort is the whole population, so both train the same. The trainer gets its examples packed; the grains make each device's texts when it
/// wakes, and pack them in every round.</remarks>
internal static class RoundBenchmark
{
    private const int Populations = 5;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Measures rounds of some cohorts, on the processor and, where there is one, on an accelerator.</summary>
    /// <param name="cohorts">The cohorts.</param>
    /// <returns>The table.</returns>
    public static async Task<BenchmarkTable> RunAsync(params IReadOnlyList<int> cohorts)
    {
        string[] accelerators = TorchTrainerFactory.Accelerators.IsEmpty ? ["processor"] : ["processor", "cuda"];
        var rows = new List<string[]>();
        foreach (var (devices, accelerator) in cohorts.SelectMany(devices => accelerators.Select(accelerator => (devices, accelerator))))
        {
            rows.Add(await MeasureAsync(devices, accelerator));
        }

        return new BenchmarkTable(
            [Show($"round, {Environment.ProcessorCount} threads"), "devices asleep", "awake", "bare trainer", "asleep beside bare", "awake beside bare"], rows);
    }

    private static async Task<string[]> MeasureAsync(int devices, string accelerator)
    {
        var folder = Directory.CreateTempSubdirectory("sheaf-benchmarks-");
        try
        {
            await using var cluster = await EmbeddedCluster.StartAsync(folder.FullName);
            var made = new GeneratedSpec(
                Seed: 1, devices, ZipfExponent: 0, Workload.Examples, Workload.Examples, LabelConcentration: 10, Periods: 1, Drift: 0);
            var (asleep, awake, alone) = (new List<double>(), new List<double>(), new List<double>());
            BareRound? other = null;
            // One task for each round, so that both can take turns; its first checkpoint is not part of any phase. The first population warms the process up.
            for (var number = 0; number <= Populations; number++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"round-{number}");
                var population = cluster.Grains.GetGrain<IPopulation>(name);
                await population.RegisterAsync(new PopulationSpec(16, 0, new RetentionSpec(null, null), made));
                await population.SealAsync(default);
                var labels = await population.GetLabelsAsync();
                other ??= new BareRound(made, labels);
                asleep.Add(await TrainAsync(cluster.Grains, name, "asleep", devices, accelerator, labels));
                awake.Add(await TrainAsync(cluster.Grains, name, "awake", devices, accelerator, labels));
                alone.Add(other.Train());
            }

            other!.Dispose();
            return
            [
                Show($"{devices:N0} devices{(accelerator == "processor" ? "" : $", on {accelerator}")}"),
                .. new[] { asleep, awake, alone }.Select(seconds => Show($"{MedianOf(seconds):F2} s")),
                .. new[] { asleep, awake }.Select(seconds => Show($"{RatioOf(seconds, alone):F1}×")),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Show(FormattableString text) => FormattableString.Invariant(text);

    private static double MedianOf(IEnumerable<double> seconds) => Interleaved.Median(seconds.Skip(1));

    private static double RatioOf(IEnumerable<double> own, IEnumerable<double> other) => MedianOf(own.Zip(other, (own, other) => own / other));

    private static async Task<double> TrainAsync(
        IGrainFactory grains, string population, string how, int devices, string accelerator, ImmutableArray<string> labels)
    {
        var coordinator = grains.GetGrain<IRoundCoordinator>($"{population}-{how}");
        await coordinator.StartAsync(new TaskSpec(population, 1, labels, BareRound.Model, PlanOf(devices) with { Accelerator = accelerator }));
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

    /// <summary>A plan of one round.</summary>
    /// <param name="devices">Its cohort.</param>
    /// <returns>The plan.</returns>
    public static PlanSpec PlanOf(int devices) => new(
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
