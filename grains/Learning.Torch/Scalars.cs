using TorchSharp;

namespace Sheaf.Learning.Torch;

/// <summary>The constants of the native calls, alive as long as the process.</summary>
/// <remarks>TorchSharp's implicit conversion makes a temporary that the collector may free while native code still reads it;
/// BannedSymbols.Torch.txt bans it.</remarks>
internal static class Scalars
{
    /// <summary>0 as a single.</summary>
    public static readonly Scalar Zero = 0f.ToScalar();

    /// <summary>1 as a single.</summary>
    public static readonly Scalar One = 1f.ToScalar();

    /// <summary>−1 as a single.</summary>
    public static readonly Scalar MinusOne = (-1f).ToScalar();
}
