using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Descent;

/// <summary>v ← β·v + g, w ← w − η·v (<see cref="Training.LocalOptimizer.Sgd"/>); without momentum, v is g and not kept.</summary>
/// <param name="learningRate">η.</param>
/// <param name="momentum">β in [0, 1).</param>
internal sealed class MomentumRule(double learningRate, double momentum) : IStepRule
{
    private readonly Scalar _minusLearningRate = ((float)-learningRate).ToScalar();
    private readonly Scalar _momentum = ((float)momentum).ToScalar();

    /// <inheritdoc/>
    public int Moments { get; } = momentum > 0 ? 1 : 0;

    /// <inheritdoc/>
    public void Begin(int step)
    {
    }

    /// <inheritdoc/>
    public void Step(Tensor weights, Tensor gradient, ReadOnlySpan<Tensor> moments)
    {
        var velocity = moments.IsEmpty ? gradient : moments[0].mul_(_momentum).add_(gradient, Scalars.One);
        weights.add_(velocity.mul(_minusLearningRate), Scalars.One);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _minusLearningRate.Dispose();
        _momentum.Dispose();
    }
}
