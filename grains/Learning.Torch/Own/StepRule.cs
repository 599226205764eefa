using Sheaf.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>What a step of a device does with a gradient: w ← w − η·g. Made anew for each group of devices, so it may keep state.</summary>
/// <param name="local">How the devices train.</param>
internal sealed class StepRule(LocalTraining local) : IDisposable
{
    private readonly Scalar _minusLearningRate = ((float)-local.LearningRate).ToScalar();

    /// <summary>Takes a step.</summary>
    /// <param name="values">One block's values of the devices that train [devices, values], changed in place.</param>
    /// <param name="gradient">Its gradient, in the same shape.</param>
    public void Apply(Tensor values, Tensor gradient) => values.add_(gradient, _minusLearningRate);

    /// <inheritdoc/>
    public void Dispose() => _minusLearningRate.Dispose();
}
