using Sheaf.Learning.Torch;
using Sheaf.Silo.Configuration;

namespace Sheaf.Silo.Hosting;

/// <summary>Which libtorch a cluster in this process computes with, by the environment variables that a silo of its own process takes, too.</summary>
public static class TorchEnvironment
{
    private const string LibraryPath = $"{SettingsReader.Prefix}Torch__{nameof(TorchSettings.LibraryPath)}";
    private const string AllowOtherVersion = $"{SettingsReader.Prefix}Torch__{nameof(TorchSettings.AllowOtherVersion)}";

    /// <summary>Loads the libtorch that is named, if any is, before anything computes.</summary>
    /// <exception cref="TorchLibraryException">It cannot be used.</exception>
    public static void Apply()
    {
        if (Environment.GetEnvironmentVariable(LibraryPath) is { Length: > 0 } path)
        {
            TorchLibrary.Use(path, bool.TryParse(Environment.GetEnvironmentVariable(AllowOtherVersion), out var isAny) && isAny);
        }
    }
}
