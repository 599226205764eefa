using Sheaf.Learning.Torch.Descent;
using Sheaf.Learning.Torch.Memory;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Heads;

/// <summary>The head of softmax regression: a table row holds logits already, so logits = bag + b.</summary>
/// <param name="parameters">The values: the bias.</param>
internal sealed class BiasHead(DenseParameters parameters) : IDenseHead
{
    private static readonly long[] BatchAxis = [1];

    /// <inheritdoc/>
    public Tensor Forward(Tensor bags) => bags.add(parameters.Bias(0, bags.shape[0]), Scalars.One);

    /// <inheritdoc/>
    public Tensor Descend(Tensor logitGradient, IDescent descent)
    {
        descent.StepBlock(0, parameters.Bias(0, logitGradient.shape[0]), logitGradient.sum(BatchAxis, keepdim: true));
        return logitGradient;
    }
}
