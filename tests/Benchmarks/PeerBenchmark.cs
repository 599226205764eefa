using System.Diagnostics;

namespace Sheaf.Benchmarks;

/// <summary>The same work in PyTorch, so that the comparison does not rest on our own code alone: a script in <c>peers</c>, run by the machine's Python.</summary>
internal static class PeerBenchmark
{
    /// <summary>Measures and prints the rows of a table.</summary>
    /// <param name="output">Where they go.</param>
    /// <returns>When all is printed.</returns>
    public static async Task RunAsync(TextWriter output)
    {
        output.WriteLine("| plain loop in PyTorch, 1 thread | device updates a second |");
        output.WriteLine("|---|---|");
        foreach (var (what, arguments) in new[] { ("equally many examples", ""), ("few devices with most examples", "--heavy-tailed") })
        {
            var (code, said) = await RunScriptAsync(arguments);
            if (code != 0)
            {
                output.WriteLine($"There is no PyTorch for python3 here (apt-get install python3-torch, or PYTHON to name another Python): {said.Split('\n')[^1]}");
                return;
            }

            output.WriteLine($"| {what} | {said} |");
        }
    }

    private static async Task<(int Code, string Said)> RunScriptAsync(string arguments)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "peers", "plain_loop.py");
        var python = Environment.GetEnvironmentVariable("PYTHON") ?? "python3";
        using var process = Process.Start(new ProcessStartInfo(python, $"\"{script}\" {arguments}") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, (process.ExitCode == 0 ? await said : await complained).Trim());
    }
}
