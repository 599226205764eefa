using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Sheaf.Learning.Torch;

/// <summary>Has this process compute with the libtorch of an existing installation, a Python PyTorch's for instance, instead of the packaged one.</summary>
/// <remarks>TorchSharp loads what is beside it as soon as it is touched. So the other one is loaded first, all of it by path, with an alias by which TorchSharp
/// finds it before its own (<see cref="SharedObjectAlias"/>). What libraries ask for by bare names, the loader then finds among what is loaded already.</remarks>
public static partial class TorchLibrary
{
    private const string Bridge = "libLibTorchSharp.so";
    private const int ResolveNow = 2;

    // The archive's own note; what Python imports.
    private static readonly string[] VersionFiles = ["build-version", "version.py"];

    // Where a build puts native libraries, for one platform or for all.
    private static readonly string[] Packaged =
    [
        AppContext.BaseDirectory,
        .. new[] { "linux-x64", "win-x64" }.Select(platform => Path.Combine(AppContext.BaseDirectory, "runtimes", platform, "native")),
    ];

    private static readonly string[] CudaLibraries = ["libtorch_cuda.so", "torch_cuda.dll"];

    // In the order in which they need one another; those of CUDA are there or not.
    private static readonly (string Name, bool IsOptional)[] Libraries =
        [("c10", false), ("c10_cuda", true), ("torch_cpu", false), ("torch_cuda", true), ("torch", false)];

    private static string? _folder;

    /// <summary>The version of libtorch that TorchSharp was built for.</summary>
    /// <value>2.10. TorchSharp would say it, but loads its own libtorch when it is asked.</value>
    public static Version BuiltFor { get; } = new(2, 10);

    /// <summary>Loads a libtorch. Before anything of TorchSharp is used in the process, and once.</summary>
    /// <param name="path">Its folder, or the one that holds its <c>lib</c>: <c>…/site-packages/torch</c>.</param>
    /// <param name="isAnyVersion">Whether its version may be another than <see cref="BuiltFor"/>; it must have all the functions that TorchSharp asks for even so.</param>
    /// <exception cref="TorchLibraryException">It cannot be used; the message says why and what to do.</exception>
    /// <exception cref="InvalidOperationException">A libtorch is in use already.</exception>
    public static void Use(string path, bool isAnyVersion = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!OperatingSystem.IsLinux())
        {
            throw new TorchLibraryException("Another libtorch can be named on Linux only. Leave Torch:LibraryPath empty.");
        }

        var folder = FolderOf(path);
        EnsureVersion(path, folder, isAnyVersion);
        if (_folder is not null || IsLoaded(Bridge))
        {
            throw new InvalidOperationException("This process computes with a libtorch already.");
        }

        _folder = folder;
        foreach (var (name, isOptional) in Libraries)
        {
            var file = Path.Combine(folder, $"lib{name}.so");
            if (!isOptional || File.Exists(file))
            {
                Load(file);
            }
        }

        PutBeforeThePackaged(folder);
        EnsureFits(path);
    }

    /// <summary>Reads which version a libtorch is of, from what installations have beside it.</summary>
    /// <param name="path">Its folder, or the one that holds its <c>lib</c>.</param>
    /// <returns>The version; null when nothing says it.</returns>
    internal static Version? VersionOf(string path)
    {
        string[] roots = [path, Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) ?? path];
        foreach (var root in roots)
        {
            foreach (var file in VersionFiles.Select(name => Path.Combine(root, name)).Where(File.Exists))
            {
                if (VersionPattern().Match(File.ReadAllText(file)) is { Success: true } match)
                {
                    return Version.Parse(match.Value);
                }
            }
        }

        return null;
    }

    // To look is cheap, where to ask would load libtorch.
    internal static bool MayHaveCuda => Folders.Any(folder => CudaLibraries.Any(file => File.Exists(Path.Combine(folder, file))));

    private static string[] Folders => _folder is { } named ? [named] : Packaged;

    private static string FolderOf(string path) =>
        new[] { path, Path.Combine(path, "lib") }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "libtorch_cpu.so")))
        ?? throw new TorchLibraryException(
            $"There is no libtorch in '{path}': neither it nor its 'lib' has a libtorch_cpu.so. Name the folder of PyTorch (python3 -c 'import torch; print(torch.__path__[0])') or of an unpacked libtorch with Torch:LibraryPath.");

    private static void EnsureVersion(string path, string folder, bool isAnyVersion)
    {
        var version = VersionOf(folder) ?? VersionOf(path);
        if (!isAnyVersion && (version?.Major, version?.Minor) != (BuiltFor.Major, BuiltFor.Minor))
        {
            throw new TorchLibraryException(
                $"The libtorch in '{path}' is of {(version is null ? "a version that nothing beside it says" : $"version {version}")}, and TorchSharp was built for {BuiltFor}. "
                + $"Install PyTorch {BuiltFor}, or take the risk with Torch:AllowOtherVersion=true.");
        }
    }

    private static void Load(string file)
    {
        try
        {
            NativeLibrary.Load(file);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new TorchLibraryException($"'{file}' cannot be loaded: {exception.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}. Install what it asks for, or name another libtorch with Torch:LibraryPath.");
        }
    }

    private static void PutBeforeThePackaged(string folder)
    {
        try
        {
            SharedObjectAlias.Load(Path.Combine(folder, "libtorch.so"), "libtorch_cpu.so", "torch_cpu.so");
            if (File.Exists(Path.Combine(folder, "libtorch_cuda.so")))
            {
                SharedObjectAlias.Load(Path.Combine(folder, "libtorch.so"), "libtorch_cuda.so", "torch_cuda.so");
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or DllNotFoundException)
        {
            throw new TorchLibraryException($"The libtorch.so in '{folder}' is not as it should be: {exception.Message} Install PyTorch {BuiltFor}, or leave Torch:LibraryPath empty.");
        }
    }

    private static void EnsureFits(string path)
    {
        var file = Packaged.Select(folder => Path.Combine(folder, Bridge)).FirstOrDefault(File.Exists)
            ?? throw new TorchLibraryException($"TorchSharp's own library is not in '{AppContext.BaseDirectory}': build the program again.");
        // Every function now: a missing one would otherwise end the process when it is first called.
        if (Open(file, ResolveNow) == 0)
        {
            throw new TorchLibraryException(
                $"TorchSharp does not fit the libtorch in '{path}': {Marshal.PtrToStringUTF8(Error())?.TrimEnd('.')}. Install PyTorch {BuiltFor}.");
        }
    }

    private static bool IsLoaded(string library)
    {
        const int IfLoaded = 4;
        return Open(library, ResolveNow | IfLoaded) != 0;
    }

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex VersionPattern();

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string file, int flags);

    [LibraryImport("libc", EntryPoint = "dlerror")]
    private static partial nint Error();
}
