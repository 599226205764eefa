using System.IO.Hashing;
using System.Runtime.InteropServices;
using Sheaf.Grains.Devices;

namespace Sheaf.Grains.Training;

/// <summary>Says which examples a device has used without saying what they are: a hash of their ids.</summary>
internal static class ExampleFingerprint
{
    /// <summary>The fingerprint of some examples.</summary>
    /// <param name="examples">The examples.</param>
    /// <returns>The same for the same ones in the same order; for others, but for a chance of 2⁻⁶⁴, another.</returns>
    public static ulong Of(IEnumerable<StoredExample> examples)
    {
        var ids = examples.Select(example => example.ExampleId).ToArray();
        return XxHash64.HashToUInt64(MemoryMarshal.AsBytes(ids.AsSpan()));
    }
}
