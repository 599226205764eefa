using Sheaf.Client.Running;
using Sheaf.Learning.Torch;
using Sheaf.Silo.Hosting;

namespace Sheaf.Client.Clusters;

/// <summary>The libtorch that the environment names for the cluster in this process.</summary>
internal static class NamedTorch
{
    /// <summary>Loads it, if any is named, before anything computes.</summary>
    /// <exception cref="RunFailedException">It cannot be used.</exception>
    public static void Apply()
    {
        try
        {
            TorchEnvironment.Apply();
        }
        catch (TorchLibraryException exception)
        {
            throw new RunFailedException(exception.Message);
        }
    }
}
