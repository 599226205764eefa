using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Sheaf.Benchmarks;

/// <summary>Runs benchmarks of the pure core with BenchmarkDotNet, in this process.</summary>
internal static class Core
{
    /// <summary>Measures and prints the rows of a table.</summary>
    /// <typeparam name="T">The benchmarks.</typeparam>
    /// <param name="output">Where they go.</param>
    public static void Run<T>(TextWriter output)
    {
        var artifacts = Directory.CreateTempSubdirectory("sheaf-benchmarks-");
        try
        {
            var job = Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(15);
            var config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).WithArtifactsPath(artifacts.FullName)
                .AddColumnProvider(DefaultConfig.Instance.GetColumnProviders().ToArray()).WithOptions(ConfigOptions.DisableOptimizationsValidator);
            Print(BenchmarkRunner.Run<T>(config), output);
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    private static void Print(Summary summary, TextWriter output)
    {
        output.WriteLine("| work, 1 thread | median | allocated |");
        output.WriteLine("|---|---|---|");
        foreach (var report in summary.Reports)
        {
            var milliseconds = report.ResultStatistics!.Median / 1e6;
            var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {milliseconds:G3} ms | {bytes:N0} bytes |"));
        }
    }
}
