using System.Collections.Immutable;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Batching;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Descent;

/// <summary>
/// Steps by a rule with a memory, or towards the checkpoint: every row that a device uses in the round, at every step, as if its model were
/// dense (<see cref="Training.LocalTraining"/>). Padding is not stepped.
/// </summary>
/// <param name="blocks">The dense blocks.</param>
/// <param name="rows">The rows of the sparse block.</param>
/// <param name="memories">One memory for each dense block and one for the sparse one.</param>
/// <param name="rule">The rule; disposed of with this.</param>
/// <param name="proximal">μ of the proximal term, at least 0.</param>
internal sealed class DenseDescent(
    ImmutableArray<ParameterBlock> blocks, LocalRows rows, DescentMemory[] memories, IStepRule rule, double proximal) : IDescent
{
    private readonly Scalar? _proximal = proximal > 0 ? ((float)proximal).ToScalar() : null;
    private bool _isFirstStep;
    private int _devices;

    /// <inheritdoc/>
    public void Begin(int step, int devices)
    {
        (_isFirstStep, _devices) = (step == 0, devices);
        rule.Begin(step);
    }

    /// <inheritdoc/>
    public void StepBlock(int block, Tensor weights, Tensor gradient)
    {
        // The padding of the last bias is −∞, and −∞ less −∞ is no distance.
        var columns = blocks[block].Columns;
        var (real, realGradient) = (weights.narrow(2, 0, columns), gradient.narrow(2, 0, columns));
        // All devices begin with the same values: those of the first do for all.
        Step(memories[block], real, real.narrow(0, 0, 1), realGradient);
    }

    /// <inheritdoc/>
    public void StepRows(Tensor tokenRows, Tensor tokenGradients)
    {
        // Devices with the most steps come first, and so do their rows.
        var weights = rows.Table.narrow(0, 0, rows.Of(_devices - 1).End.Value);
        var memory = memories[^1];
        Step(memory, weights, weights, memory.Gradient(weights.shape).index_add_(0, tokenRows, tokenGradients, Scalars.One));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _proximal?.Dispose();
        rule.Dispose();
    }

    private void Step(DescentMemory memory, Tensor weights, Tensor anchored, Tensor gradient)
    {
        if (_proximal is not null)
        {
            var start = memory.Start(anchored, _isFirstStep);
            gradient.add_(weights.add(start, Scalars.MinusOne).mul_(_proximal), Scalars.One);
        }

        rule.Step(weights, gradient, memory.Moments(rule.Moments, weights.shape, _isFirstStep));
    }
}
