using Sheaf.Learning.Torch.Descent;
using Sheaf.Learning.Torch.Memory;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Heads;

/// <summary>The head of the log-bilinear model: logits = x·W + b.</summary>
/// <remarks>With G = ∂L/∂logits: ∂L/∂W = xᵀ·G, ∂L/∂b = Σ G, ∂L/∂x = G·Wᵀ, the last taken before W is stepped.</remarks>
/// <param name="parameters">The values, in the order W, b.</param>
internal sealed class LinearHead(DenseParameters parameters) : IDenseHead
{
    private const int OutputWeight = 0;
    private const int OutputBias = 1;

    private static readonly long[] BatchAxis = [1];

    private Tensor? _bags;

    /// <inheritdoc/>
    public Tensor Forward(Tensor bags)
    {
        var devices = bags.shape[0];
        _bags = bags;
        return bags.bmm(parameters.Weight(OutputWeight, devices)).add_(parameters.Bias(OutputBias, devices), Scalars.One);
    }

    /// <inheritdoc/>
    public Tensor Descend(Tensor logitGradient, IDescent descent)
    {
        var (bags, devices) = (_bags!, _bags!.shape[0]);
        var bagGradient = logitGradient.bmm(parameters.Weight(OutputWeight, devices).transpose(1, 2));
        descent.StepBlock(OutputWeight, parameters.Weight(OutputWeight, devices), bags.transpose(1, 2).bmm(logitGradient));
        descent.StepBlock(OutputBias, parameters.Bias(OutputBias, devices), logitGradient.sum(BatchAxis, keepdim: true));
        _bags = null;
        return bagGradient;
    }
}
