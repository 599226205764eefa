using System.Diagnostics;
using System.Globalization;

namespace Sheaf.Client.Tests.Running;

/// <summary>Runs the command in a process of its own, which can die of what a test does to it.</summary>
/// <param name="ExitCode">How it ended: 128 and the signal's number when a signal killed it.</param>
/// <param name="Output">What it said.</param>
/// <param name="Error">What it complained of.</param>
internal sealed record SheafProcess(int ExitCode, string Output, string Error)
{
    /// <summary>The exit code of a process that SIGKILL ended.</summary>
    public const int Killed = 137;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs the command in a process that kills itself at a point of what it does.</summary>
    public static Task<SheafProcess> CrashAsync(string point, params string[] args) =>
        EndAsync(new ProcessStartInfo("dotnet", ["exec", typeof(Crash.Host.CrashPoint).Assembly.Location, point, .. args]));

    /// <summary>Runs the command under a limit on the size of the files that it writes, as a quota or a full disk sets one.</summary>
    public static Task<SheafProcess> WithFileLimitAsync(int kibibytes, params string[] args)
    {
        // Without the signal a write beyond the limit fails like one on a full disk. .NET's own mapping of code would hit the limit, too.
        var limited = $"trap '' XFSZ; ulimit -f {kibibytes}; exec dotnet \"$@\"";
        var start = new ProcessStartInfo("bash", ["-c", limited, "bash", "exec", typeof(SheafCommand).Assembly.Location, .. args]);
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return EndAsync(start);
    }

    /// <summary>Runs the command where it may use so much memory only.</summary>
    public static Task<SheafProcess> WithMemoryAsync(long bytes, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SheafCommand).Assembly.Location, .. args]);
        start.Environment["DOTNET_GCHeapHardLimit"] = bytes.ToString("x", CultureInfo.InvariantCulture);
        return EndAsync(start);
    }

    /// <summary>Runs the command in a process.</summary>
    public static Task<SheafProcess> InvokeAsync(params string[] args) =>
        EndAsync(new ProcessStartInfo("dotnet", ["exec", typeof(SheafCommand).Assembly.Location, .. args]));

    private static async Task<SheafProcess> EndAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(Patience);
            return new SheafProcess(process.ExitCode, await output, await error);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
