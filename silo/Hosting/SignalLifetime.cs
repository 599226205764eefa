using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Sheaf.Silo.Hosting;

/// <summary>Stops the silo when the process is told to: the first signal lets it hand over its work, the second ends it as it is.</summary>
internal sealed class SignalLifetime(IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    // What shells and Kubernetes expect: 128 and the number of the signal.
    private const int Interrupted = 130;
    private const int Terminated = 143;

    private readonly List<PosixSignalRegistration> _signals = [];
    private int _told;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Tell(signal, Interrupted)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Tell(signal, Terminated)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void Tell(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref _told) == 1)
        {
            application.StopApplication();
        }
        else
        {
            Environment.Exit(exitCode);
        }
    }
}
