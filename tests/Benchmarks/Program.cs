using Sheaf.Benchmarks;
using Sheaf.Learning.Torch.Benchmarks;
using Sheaf.Silo.Benchmarks;
using Sheaf.Silo.Hosting;

// Measures what it is told to, or everything, and prints tables for the README.
var known = new Dictionary<string, Func<Task>>
{
    ["trainer"] = () => Done(() => Print(TrainerBenchmark.Run())),
    ["peers"] = () => PeerBenchmark.RunAsync(Console.Out),
    ["accelerator"] = () => Done(() => AcceleratorBenchmark.Run(Console.Out)),
    ["selection"] = () => Done(() => Core.Run<SelectionBenchmark>(Console.Out)),
    ["fold"] = () => Done(() => Core.Run<FoldBenchmark>(Console.Out)),
    ["population"] = () => PopulationBenchmark.RunAsync(Console.Out),
    ["storage"] = () => StorageBenchmark.RunAsync(Console.Out),
    ["life-cycle"] = () => LifeCycleBenchmark.RunAsync(Console.Out),
    ["round"] = async () => Print([await RoundBenchmark.RunAsync(100, 10_000)]),
    ["telemetry"] = async () => Print([await TelemetryBenchmark.RunAsync()]),
    ["scale-out"] = async () => Print([await ScaleOutBenchmark.RunAsync()]),
};
var unknown = args.Except(known.Keys).ToArray();
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown[0]}'. Name some of {string.Join(", ", known.Keys)}, or none for all.");
    return 2;
}

TorchEnvironment.Apply();
foreach (var (name, run) in known)
{
    if (args.Length == 0 || args.Contains(name))
    {
        await run();
        Console.WriteLine();
    }
}

return 0;

static void Print(IEnumerable<BenchmarkTable> tables) => Console.Write(string.Join('\n', tables.Select(table => table.ToMarkdown())));

static Task Done(Action work)
{
    work();
    return Task.CompletedTask;
}
