using Microsoft.Extensions.Logging;

namespace Sheaf.Silo.Hosting;

/// <summary>Counts how often memory ran out while devices were computed, and says so. Thread-safe.</summary>
/// <param name="logger">Says it.</param>
internal sealed partial class MemoryWatch(ILogger<MemoryWatch> logger)
{
    private int _shortages;

    /// <summary>How often memory ran out.</summary>
    public int Shortages => _shortages;

    /// <summary>What a device's trainers tell.</summary>
    /// <param name="device">The processor, or an accelerator.</param>
    /// <returns>Told how many devices are computed at once from now on.</returns>
    public Action<int> Of(string device) => devices =>
    {
        Interlocked.Increment(ref _shortages);
        LogShortage(device, devices);
    };

    [LoggerMessage(124, LogLevel.Warning, "Memory ran out on {Device}: {Devices} devices are computed at once from now on, half as many as before. The results are the same. Use a smaller model, smaller batches, or fewer lanes.")]
    private partial void LogShortage(string device, int devices);
}
