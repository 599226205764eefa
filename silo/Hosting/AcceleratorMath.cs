using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Aggregation;

namespace Sheaf.Silo.Hosting;

/// <summary>What aggregates on a silo that says it has an accelerator.</summary>
internal static partial class AcceleratorMath
{
    /// <summary>Opens the first accelerator; where this process's libtorch knows none, libtorch on the CPU, which gives the same bits, and the log says so.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="parts">What the silo is made of.</param>
    /// <returns>The arithmetic.</returns>
    public static IChunkMath Open(IServiceProvider services, SiloParts parts)
    {
        if (!parts.Usable.IsEmpty)
        {
            var first = parts.Usable[0];
            return new WatchedMath(first, new TorchChunkMath(first), new ProcessorChunkMath(), services.GetRequiredService<AcceleratorHealth>());
        }

        LogNoCuda(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AcceleratorMath)), parts.Accelerators);
        return new TorchChunkMath();
    }

    [LoggerMessage(122, LogLevel.Warning, "The silo says that it has '{Accelerators}', and its libtorch is not built for CUDA or finds no driver: it computes on the CPU.")]
    private static partial void LogNoCuda(ILogger logger, string accelerators);
}
