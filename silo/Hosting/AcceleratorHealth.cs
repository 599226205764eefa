using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sheaf.Silo.Hosting;

/// <summary>
/// Whether the silo's accelerators still compute. One that does not any more is not coming back to this process: the silo says that it is not ready,
/// hands over its work and ends, so that its devices train elsewhere and whoever runs it can start it anew. Thread-safe.
/// </summary>
/// <param name="computes">Whether an accelerator still computes, asked after each failure on it.</param>
/// <param name="lifetime">Ends the silo.</param>
/// <param name="logger">Says why.</param>
internal sealed partial class AcceleratorHealth(Func<string, bool> computes, IHostApplicationLifetime lifetime, ILogger<AcceleratorHealth> logger)
{
    private volatile string? _lost;

    /// <summary>The accelerator that is lost; null while all compute.</summary>
    public string? Lost => _lost;

    /// <summary>Finds out whether a failure was of the computation, or of the accelerator.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="failure">What failed.</param>
    public void Check(string accelerator, Exception failure)
    {
        if (_lost is null && !computes(accelerator))
        {
            _lost = accelerator;
            LogLost(failure, accelerator);
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(123, LogLevel.Critical, "The accelerator {Accelerator} computes no more: what it trained runs elsewhere, and a silo of its own process ends. See to the device and its driver, then start the silo again.")]
    private partial void LogLost(Exception failure, string accelerator);
}
