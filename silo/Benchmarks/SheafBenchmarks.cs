using System.Runtime.InteropServices;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Torch.Benchmarks;
using Sheaf.Silo.Hosting;

namespace Sheaf.Silo.Benchmarks;

/// <summary>What a user can measure on a machine of one's own, each beside what it is to be compared with, in the same process.</summary>
public static class SheafBenchmarks
{
    /// <summary>What there is to measure, and what it says.</summary>
    public static IReadOnlyDictionary<string, string> Known { get; } = new OrderedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["trainer"] = "device updates a second, beside plain loops that train one device after another",
        ["selection"] = "selecting 10,000 devices of 100,000, of a million and of ten million",
        ["fold"] = "folding updates, beside the memory's own speed",
        ["round"] = "whole rounds of 100 and 10,000 devices through the grains, beside the bare trainer",
    };

    /// <summary>The machine and what it computes with.</summary>
    /// <returns>One line.</returns>
    public static string Machine() => FormattableString.Invariant(
        $"{Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F0} GB; {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}; accelerators: {(TorchTrainerFactory.Accelerators is { IsEmpty: false } found ? string.Join(", ", found) : "none")}.");

    /// <summary>Measures.</summary>
    /// <param name="name">One of <see cref="Known"/>.</param>
    /// <returns>Its tables, each when it is measured.</returns>
    /// <exception cref="ArgumentException">Nothing is called so.</exception>
    public static async IAsyncEnumerable<BenchmarkTable> RunAsync(string name)
    {
        TorchEnvironment.Apply();
        switch (name)
        {
            case "trainer":
                foreach (var table in TrainerBenchmark.Run())
                {
                    yield return table;
                }

                break;
            case "selection":
                yield return SelectionMeasure.Run(100_000, 1_000_000, 10_000_000);
                break;
            case "fold":
                yield return FoldMeasure.Run();
                break;
            case "round":
                yield return await RoundBenchmark.RunAsync(100, 10_000);
                break;
            default:
                throw new ArgumentException($"There is no benchmark '{name}'. Use {string.Join(", ", Known.Keys)}.", nameof(name));
        }
    }

    private static string Processor()
    {
        const string cpuInfo = "/proc/cpuinfo";
        var named = File.Exists(cpuInfo) ? File.ReadLines(cpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return named is null ? RuntimeInformation.ProcessArchitecture.ToString() : named[(named.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
