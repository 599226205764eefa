using System.Runtime.InteropServices;
using Sheaf.Silo.Hosting;

// One silo on a folder of this machine, until it is told to stop.
var folder = args.Length > 0 ? args[0] : "data";
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

await using var cluster = await EmbeddedCluster.StartAsync(folder, stop.Token);
Console.WriteLine($"Sheaf's silo runs on '{folder}'. Press Ctrl-C to stop it.");
await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

void Stop(PosixSignalContext signal)
{
    // The process ends when the cluster has stopped, not with the signal.
    signal.Cancel = true;
    stop.Cancel();
}
