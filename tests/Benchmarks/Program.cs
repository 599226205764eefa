using Sheaf.Benchmarks;

// Measures what it is told to, or everything, and prints tables for the README.
var known = new Dictionary<string, Func<Task>>
{
    ["trainer"] = () => Done(() => TrainerBenchmark.Run(Console.Out)),
    ["selection"] = () => Done(() => Core.Run<SelectionBenchmark>(Console.Out)),
    ["fold"] = () => Done(() => Core.Run<FoldBenchmark>(Console.Out)),
    ["round"] = () => RoundBenchmark.RunAsync(Console.Out),
};
var unknown = args.Except(known.Keys).ToArray();
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown[0]}'. Name some of {string.Join(", ", known.Keys)}, or none for all.");
    return 2;
}

foreach (var (name, run) in known)
{
    if (args.Length == 0 || args.Contains(name))
    {
        await run();
        Console.WriteLine();
    }
}

return 0;

static Task Done(Action work)
{
    work();
    return Task.CompletedTask;
}
