using System.Diagnostics;
using System.Text;

namespace Sheaf.Deploy.Tests.Processes;

/// <summary>One of the two programs in a process of its own, with the environment of a container and nothing else.</summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    // What the image brings along, or the machine.
    private static readonly string[] Brought = ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT"];

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProgramProcess(Process process) => _process = process;

    /// <summary>What it wrote so far, to both streams.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="assembly">Its file, beside the tests.</param>
    /// <param name="environment">All that it finds in its environment.</param>
    /// <param name="folder">Where it works.</param>
    /// <param name="args">Its command line.</param>
    public static ProgramProcess Start(string assembly, IReadOnlyDictionary<string, string> environment, string folder, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, assembly), .. args])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Brought.Select(name => (name, Environment.GetEnvironmentVariable(name))).Where(pair => pair.Item2 is not null))
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var program = new ProgramProcess(new Process { StartInfo = start });
        program._process.OutputDataReceived += (_, line) => program.Hear(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Hear(line.Data);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Waits until a silo says that it has joined its cluster.</summary>
    public async Task UpAsync()
    {
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_up.Task, ended).WaitAsync(Patience) == ended)
        {
            throw new InvalidOperationException($"It ended with {_process.ExitCode}: {Said}");
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(TimeSpan? limit = null)
    {
        await _process.WaitForExitAsync().WaitAsync(limit ?? Patience);
        return _process.ExitCode;
    }

    /// <summary>Tells it to stop, as the kubelet does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("/bin/sh", ["-c", "kill -TERM \"$0\"", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }

        if (line?.Contains("is up. Clients:", StringComparison.Ordinal) == true)
        {
            _up.TrySetResult();
        }
    }
}
