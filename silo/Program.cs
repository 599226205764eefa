using Sheaf.Silo.Hosting;

// One silo on a folder of this machine, until it is told to stop.
var folder = args.Length > 0 ? args[0] : "data";
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
await using var cluster = await EmbeddedCluster.StartAsync(folder, stop.Token);
Console.WriteLine($"Sheaf's silo runs on '{folder}'. Press Ctrl-C to stop it.");
await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
