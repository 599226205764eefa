using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Descent;

/// <summary>Makes the descent of each round, and owns what those with a memory use again.</summary>
/// <param name="dense">The dense values.</param>
/// <param name="rows">The rows of the sparse block.</param>
/// <param name="device">What computes with both.</param>
internal sealed class Descents(DenseParameters dense, LocalRows rows, ComputeDevice device) : IDisposable
{
    private readonly DescentMemory[] _memories = [.. Enumerable.Range(0, dense.Blocks.Length + 1).Select(_ => new DescentMemory(device.Torch))];

    /// <summary>Makes a descent.</summary>
    /// <param name="local">How devices train.</param>
    /// <returns>A descent for the devices whose values are loaded now; the caller disposes of it before making the next.</returns>
    public IDescent Of(LocalTraining local) => local.IsPlain
        ? new PlainDescent(rows, local.LearningRate)
        : new DenseDescent(dense.Blocks, rows, _memories, RuleOf(local), local.Proximal);

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_memories, memory => memory.Dispose());

    /// <summary>Makes the rule of a description.</summary>
    /// <param name="local">How devices train.</param>
    /// <returns>A rule that the caller disposes of.</returns>
    internal static IStepRule RuleOf(LocalTraining local) => local.Optimizer == LocalOptimizer.Sgd
        ? new MomentumRule(local.LearningRate, local.Momentum)
        : new AdamRule(local);
}
