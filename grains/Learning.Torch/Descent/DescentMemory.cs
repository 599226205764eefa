using Sheaf.Learning.Torch.Memory;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Descent;

/// <summary>What an optimizer remembers of a block from step to step, and its scratch memory; a lane's own, used by one round after another.</summary>
/// <param name="device">Where the block is.</param>
internal sealed class DescentMemory(Device device) : IDisposable
{
    private readonly GrowingTensor[] _moments = [new(ScalarType.Float32, device), new(ScalarType.Float32, device)];
    private readonly GrowingTensor _start = new(ScalarType.Float32, device);
    private readonly GrowingTensor _gradient = new(ScalarType.Float32, device);

    /// <summary>The moments of the devices that take a step.</summary>
    /// <param name="count">How many there are for one tensor of weights.</param>
    /// <param name="shape">The shape of the weights; its first axis never grows during a round, the others do not change.</param>
    /// <param name="isFirstStep">Whether they shall be zero.</param>
    /// <returns>Tensors of that shape, in the current dispose scope.</returns>
    public Tensor[] Moments(int count, long[] shape, bool isFirstStep)
    {
        var moments = new Tensor[count];
        for (var i = 0; i < count; i++)
        {
            moments[i] = View(_moments[i], shape);
            if (isFirstStep)
            {
                moments[i].zero_();
            }
        }

        return moments;
    }

    /// <summary>The weights that a round began with.</summary>
    /// <param name="weights">The weights now, before the step; what does not differ between devices may stand there once.</param>
    /// <param name="isFirstStep">Whether that is the beginning.</param>
    /// <returns>A tensor of the same shape, in the current dispose scope.</returns>
    public Tensor Start(Tensor weights, bool isFirstStep)
    {
        var start = View(_start, weights.shape);
        return isFirstStep ? start.copy_(weights) : start;
    }

    /// <summary>Memory for a gradient.</summary>
    /// <param name="shape">Its shape.</param>
    /// <returns>Zeros, in the current dispose scope.</returns>
    public Tensor Gradient(long[] shape) => View(_gradient, shape).zero_();

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_moments, moment => moment.Dispose());
        _start.Dispose();
        _gradient.Dispose();
    }

    private static Tensor View(GrowingTensor memory, long[] shape)
    {
        var count = 1L;
        foreach (var length in shape)
        {
            count *= length;
        }

        return memory.Take(count).view(shape);
    }
}
