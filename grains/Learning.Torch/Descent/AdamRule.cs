using Sheaf.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Descent;

/// <summary>Adam's step after weight decay, if there is any (<see cref="LocalOptimizer.Adam"/>, <see cref="LocalOptimizer.AdamW"/>).</summary>
internal sealed class AdamRule : IStepRule
{
    private readonly LocalTraining _local;
    private readonly Scalar _beta1;
    private readonly Scalar _rest1;
    private readonly Scalar _beta2;
    private readonly Scalar _rest2;
    private readonly Scalar _epsilon;
    private readonly Scalar? _decay;
    private Scalar? _minusStepSize;
    private Scalar? _rootCorrection;

    /// <summary>Takes the numbers of a description.</summary>
    /// <param name="local">The description.</param>
    public AdamRule(LocalTraining local)
    {
        _local = local;
        (_beta1, _rest1) = (((float)local.Beta1).ToScalar(), ((float)(1 - local.Beta1)).ToScalar());
        (_beta2, _rest2) = (((float)local.Beta2).ToScalar(), ((float)(1 - local.Beta2)).ToScalar());
        _epsilon = ((float)local.Epsilon).ToScalar();
        _decay = local is { Optimizer: LocalOptimizer.AdamW, WeightDecay: > 0 }
            ? ((float)(1 - (local.LearningRate * local.WeightDecay))).ToScalar()
            : null;
    }

    /// <inheritdoc/>
    public int Moments => 2;

    /// <inheritdoc/>
    public void Begin(int step)
    {
        // All devices began with step 0, so the t of the bias correction is the same for all that take this one.
        EndStep();
        _minusStepSize = ((float)(-_local.LearningRate / (1 - Math.Pow(_local.Beta1, step + 1)))).ToScalar();
        _rootCorrection = ((float)(1 / Math.Sqrt(1 - Math.Pow(_local.Beta2, step + 1)))).ToScalar();
    }

    /// <inheritdoc/>
    public void Step(Tensor weights, Tensor gradient, ReadOnlySpan<Tensor> moments)
    {
        var (first, second) = (moments[0], moments[1]);
        second.mul_(_beta2).add_(gradient.mul(gradient).mul_(_rest2), Scalars.One);
        first.mul_(_beta1).add_(gradient.mul_(_rest1), Scalars.One);
        if (_decay is not null)
        {
            weights.mul_(_decay);
        }

        var size = second.sqrt().mul_(_rootCorrection!).add_(_epsilon, Scalars.One);
        weights.add_(first.div(size).mul_(_minusStepSize!), Scalars.One);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        EndStep();
        _beta1.Dispose();
        _rest1.Dispose();
        _beta2.Dispose();
        _rest2.Dispose();
        _epsilon.Dispose();
        _decay?.Dispose();
    }

    private void EndStep()
    {
        _minusStepSize?.Dispose();
        _rootCorrection?.Dispose();
    }
}
