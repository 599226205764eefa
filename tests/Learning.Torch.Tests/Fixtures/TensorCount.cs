using TorchSharp;

namespace Sheaf.Learning.Torch.Tests.Fixtures;

/// <summary>How many tensors there are in this process.</summary>
internal static class TensorCount
{
    /// <summary>The number once the collector has taken what earlier tests left to it, so that none of it goes while one counts.</summary>
    public static long Settled()
    {
        // What was held by something with a finalizer goes with the second one.
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return torch.Tensor.TotalCount;
    }
}
