using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Descent;

/// <summary>An optimizer's formula for one tensor of weights.</summary>
/// <remarks>Every element by itself, and no product is added in the same call, where a processor may or may not round it first: so a weight's
/// bits do not depend on its place in memory.</remarks>
internal interface IStepRule : IDisposable
{
    /// <summary>How many tensors of state there are for one of weights.</summary>
    int Moments { get; }

    /// <summary>Begins a step.</summary>
    /// <param name="step">The step: 0, 1, 2, …</param>
    void Begin(int step);

    /// <summary>Steps weights in place.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradient">Their gradient; may be overwritten.</param>
    /// <param name="moments">Their state, zero before the first step.</param>
    void Step(Tensor weights, Tensor gradient, ReadOnlySpan<Tensor> moments);
}
