using System.Runtime.InteropServices;

namespace Sheaf.Learning.Torch;

/// <summary>What trainers do when memory runs out: they compute half as many devices at once, from then on.</summary>
/// <remarks>What a device learns does not depend on how many are computed with it, so nothing but the time changes.</remarks>
internal static class MemoryShortage
{
    // PyTorch's CUDA allocator, cuBLAS, and the processor's allocator on Linux and Windows.
    private static readonly string[] Signs = ["out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "can't allocate memory", "not enough memory"];

    /// <summary>Whether a native failure is one of memory.</summary>
    /// <param name="failure">The failure.</param>
    /// <returns>Whether less might have worked.</returns>
    public static bool Caused(ExternalException failure) => Signs.Any(sign => failure.Message.Contains(sign, StringComparison.OrdinalIgnoreCase));

    /// <summary>Makes something as large as memory allows.</summary>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="devices">For how many devices at once, at least 1.</param>
    /// <param name="make">Makes it for a number of devices.</param>
    /// <param name="halved">Told the number that is tried instead.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="TorchComputationException">There is not even enough for one, or something else failed.</exception>
    public static T Largest<T>(int devices, Func<int, T> make, Action<int>? halved)
    {
        while (true)
        {
            try
            {
                return make(devices);
            }
            catch (ExternalException failure) when (devices > 1 && Caused(failure))
            {
                devices /= 2;
                halved?.Invoke(devices);
            }
            catch (ExternalException failure)
            {
                throw new TorchComputationException("allocating a trainer", failure);
            }
        }
    }
}
