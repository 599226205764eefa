using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Descent;

/// <summary>Steps the values of a batch of devices, from a round's first step to its last. Devices never mix.</summary>
internal interface IDescent : IDisposable
{
    /// <summary>Begins a step.</summary>
    /// <param name="step">The step: 0, 1, 2, …</param>
    /// <param name="devices">How many devices take it: the first ones, and never more than in the step before. The others stay as they are.</param>
    void Begin(int step, int devices);

    /// <summary>Steps a dense block of the devices that take the step.</summary>
    /// <param name="block">The index of the block among the dense ones.</param>
    /// <param name="weights">Their values [devices, rows, columns], padding included.</param>
    /// <param name="gradient">∂loss/∂weights, of the same shape; may be overwritten.</param>
    void StepBlock(int block, Tensor weights, Tensor gradient);

    /// <summary>Steps the rows of the sparse block of the devices that take the step.</summary>
    /// <param name="tokenRows">The table row of every token of the step [tokens].</param>
    /// <param name="tokenGradients">What every token adds to ∂loss/∂row [tokens, width].</param>
    void StepRows(Tensor tokenRows, Tensor tokenGradients);
}
