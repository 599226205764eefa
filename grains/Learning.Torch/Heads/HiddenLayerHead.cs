using Sheaf.Learning.Torch.Descent;
using Sheaf.Learning.Torch.Memory;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Heads;

/// <summary>One hidden layer with ReLU: h = max(0, x·W₁ + b₁), logits = h·W₂ + b₂.</summary>
/// <remarks>
/// With G = ∂L/∂logits: ∂L/∂W₂ = hᵀ·G, ∂L/∂b₂ = Σ G; H = (G·W₂ᵀ) where h > 0, else 0; ∂L/∂W₁ = xᵀ·H, ∂L/∂b₁ = Σ H,
/// ∂L/∂x = H·W₁ᵀ. Gradients that pass through a weight are taken before the weight is stepped.
/// </remarks>
/// <param name="parameters">The values, in the order W₁, b₁, W₂, b₂.</param>
internal sealed class HiddenLayerHead(DenseParameters parameters) : IDenseHead
{
    private const int HiddenWeight = 0;
    private const int HiddenBias = 1;
    private const int OutputWeight = 2;
    private const int OutputBias = 3;

    private static readonly long[] BatchAxis = [1];

    private Tensor? _bags;
    private Tensor? _hidden;

    /// <inheritdoc/>
    public Tensor Forward(Tensor bags)
    {
        var devices = bags.shape[0];
        _bags = bags;
        _hidden = bags.bmm(parameters.Weight(HiddenWeight, devices)).add_(parameters.Bias(HiddenBias, devices), Scalars.One).relu_();
        return _hidden.bmm(parameters.Weight(OutputWeight, devices)).add_(parameters.Bias(OutputBias, devices), Scalars.One);
    }

    /// <inheritdoc/>
    public Tensor Descend(Tensor logitGradient, IDescent descent)
    {
        var (bags, hidden) = (_bags!, _hidden!);
        // A mask, not a product: 0 · NaN would be NaN.
        var devices = bags.shape[0];
        var hiddenGradient = logitGradient.bmm(parameters.Weight(OutputWeight, devices).transpose(1, 2))
            .masked_fill_(hidden.le(Scalars.Zero), Scalars.Zero);
        var bagGradient = hiddenGradient.bmm(parameters.Weight(HiddenWeight, devices).transpose(1, 2));
        Step(OutputWeight, OutputBias, hidden, logitGradient, descent);
        Step(HiddenWeight, HiddenBias, bags, hiddenGradient, descent);
        (_bags, _hidden) = (null, null);
        return bagGradient;
    }

    private void Step(int weight, int bias, Tensor input, Tensor outputGradient, IDescent descent)
    {
        descent.StepBlock(weight, parameters.Weight(weight, input.shape[0]), input.transpose(1, 2).bmm(outputGradient));
        descent.StepBlock(bias, parameters.Bias(bias, input.shape[0]), outputGradient.sum(BatchAxis, keepdim: true));
    }
}
