using Sheaf.Learning.Torch.Batching;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Descent;

/// <summary>w ← w − η·g in place: no state, and only the rows of the step's tokens are touched.</summary>
/// <param name="rows">The rows of the sparse block.</param>
/// <param name="learningRate">η.</param>
internal sealed class PlainDescent(LocalRows rows, double learningRate) : IDescent
{
    private readonly Scalar _minusLearningRate = ((float)-learningRate).ToScalar();

    /// <inheritdoc/>
    public void Begin(int step, int devices)
    {
    }

    /// <inheritdoc/>
    public void StepBlock(int block, Tensor weights, Tensor gradient) => weights.add_(gradient, _minusLearningRate);

    /// <inheritdoc/>
    public void StepRows(Tensor tokenRows, Tensor tokenGradients) =>
        rows.Table.index_add_(0, tokenRows, tokenGradients, _minusLearningRate);

    /// <inheritdoc/>
    public void Dispose() => _minusLearningRate.Dispose();
}
