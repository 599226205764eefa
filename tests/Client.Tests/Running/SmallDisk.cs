using System.Diagnostics;

namespace Sheaf.Client.Tests.Running;

/// <summary>A disk of a few megabytes, which really is full when it is full; only root on Linux can have one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    /// <summary>Mounts a disk, or skips the test where that is not allowed.</summary>
    public static SmallDisk Mount(string path, int mebibytes)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root on Linux may mount a disk.");
        Directory.CreateDirectory(path);
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", path), "This machine does not let a test mount a disk.");
        return new SmallDisk(path);
    }

    /// <summary>Writes a file that takes all the space there is.</summary>
    public void Fill(string name) => Run("dd", "if=/dev/zero", $"of={Path.Combine(_path, name)}", "bs=4096");

    public void Enlarge(int mebibytes) => Assert.True(Run("mount", "-o", $"remount,size={mebibytes}m", _path));

    // Lazily: what the process still holds open there is no reason to keep it.
    public void Dispose() => Run("umount", "--lazy", _path);

    private static bool Run(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
