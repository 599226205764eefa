using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Aggregation;

namespace Sheaf.Silo.Hosting;

/// <summary>What aggregates on a silo that says it has an accelerator.</summary>
internal static partial class AcceleratorMath
{
    /// <summary>Opens the accelerator; where this process's libtorch knows none, libtorch on the CPU, which gives the same bits, and the log says so.</summary>
    /// <param name="services">The silo's services.</param>
    /// <returns>The arithmetic.</returns>
    public static IChunkMath Open(IServiceProvider services)
    {
        if (TorchChunkMath.HasCuda)
        {
            return new TorchChunkMath("cuda");
        }

        LogNoCuda(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AcceleratorMath)));
        return new TorchChunkMath();
    }

    [LoggerMessage(122, LogLevel.Warning, "The silo says that it has 'cuda', and its libtorch is not built for CUDA or finds no driver: it aggregates on the CPU.")]
    private static partial void LogNoCuda(ILogger logger);
}
