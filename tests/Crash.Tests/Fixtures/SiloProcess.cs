using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sheaf.Silo.Hosting;

namespace Sheaf.Crash.Tests.Fixtures;

/// <summary>A silo as a process of its own, exactly as a user starts it.</summary>
internal sealed partial class SiloProcess : IAsyncDisposable
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(1) };

    private readonly Process _process;
    private readonly string _log;
    private readonly StreamWriter _lines;

    private SiloProcess(Process process, SiloPlace place, string log)
    {
        (_process, Place, _log) = (process, place, log);
        _lines = new StreamWriter(log, append: true) { AutoFlush = true };
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens, and its name.</summary>
    public SiloPlace Place { get; }

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts one; it is up when <see cref="ReadyAsync"/> says so.</summary>
    public static SiloProcess Start(SiloPlace place, IEnumerable<(string Key, string Value)> settings, string logFolder)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SiloProgram).Assembly.Location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in settings.Concat(place.Settings))
        {
            start.Environment[$"SHEAF_{key.Replace(":", "__", StringComparison.Ordinal)}"] = value;
        }

        return new SiloProcess(Process.Start(start)!, place, Path.Combine(logFolder, $"{place.Name}.log"));
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task ReadyAsync(TimeSpan patience)
    {
        using var stop = new CancellationTokenSource(patience);
        while (true)
        {
            if (HasEnded)
            {
                throw new InvalidOperationException($"Silo {Place.Name} ended with {_process.ExitCode} while it started:\n{Log()}");
            }

            try
            {
                if ((await Http.GetAsync(Place.Ready, stop.Token)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                if (stop.IsCancellationRequested)
                {
                    throw new TimeoutException($"Silo {Place.Name} was not ready within {patience}:\n{Log()}");
                }
            }

            await Task.Yield();
        }
    }

    /// <summary>Ends it at once, without a word to anybody.</summary>
    public async Task KillAsync()
    {
        Signal(SigKill);
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops its clock: it answers nobody and does not know it.</summary>
    public void Freeze() => Signal(SigStop);

    /// <summary>Lets it go on where it stopped.</summary>
    public void Thaw() => Signal(SigCont);

    /// <summary>Tells it to stop, as an operator or Kubernetes does.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Tells it to stop, as Ctrl-C does.</summary>
    public void Interrupt() => Signal(SigInt);

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(TimeSpan patience)
    {
        await _process.WaitForExitAsync().WaitAsync(patience);
        return _process.ExitCode;
    }

    /// <summary>What it has said.</summary>
    public string Log()
    {
        lock (_lines)
        {
            return File.ReadAllText(_log);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
        {
            Signal(SigCont);
            await KillAsync();
        }

        _process.Dispose();
        await _lines.DisposeAsync();
    }

    private void Write(string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                _lines.WriteLine(line);
            }
        }
    }

    private void Signal(int signal)
    {
        if (kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Signal {signal} could not be sent to silo {Place.Name}."));
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int process, int signal);
}

/// <summary>Where a silo listens, and its name.</summary>
internal sealed record SiloPlace(string Name, int SiloPort, int GatewayPort, int HealthPort)
{
    public Uri Ready => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{HealthPort}/health/ready"));

    public IEnumerable<(string Key, string Value)> Settings =>
    [
        ("Cluster:Silo", Name),
        ("Endpoints:SiloPort", Text(SiloPort)),
        ("Endpoints:GatewayPort", Text(GatewayPort)),
        ("Endpoints:HealthPort", Text(HealthPort)),
    ];

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
