using Sheaf.Learning.Torch.Memory;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>A user's model with parameters: those of one device or, over a device axis, of several.</summary>
/// <param name="model">The model.</param>
/// <param name="devicesMax">How many devices have parameters here.</param>
/// <param name="parameters">One trainable tensor per block, the devices' values one after another; the network owns them.</param>
internal abstract class OwnNetwork(OwnTextModel model, int devicesMax, IReadOnlyList<Tensor> parameters) : IDisposable
{
    // The same memory without the record of gradients.
    private readonly Tensor[] _values =
        [.. parameters.Select(parameter => ValuesOf(parameter, devicesMax))];

    /// <summary>The model.</summary>
    protected OwnTextModel Model => model;

    /// <summary>The parameters.</summary>
    protected IReadOnlyList<Tensor> Parameters => parameters;

    /// <summary>Gives the first devices a checkpoint's values.</summary>
    /// <param name="checkpoint">The flat vector.</param>
    /// <param name="devices">How many devices.</param>
    public void Load(ReadOnlySpan<float> checkpoint, int devices)
    {
        for (var block = 0; block < _values.Length; block++)
        {
            var (offset, count) = (model.Blocks[block].Offset, model.Blocks[block].Count);
            for (var device = 0; device < devices; device++)
            {
                checkpoint.Slice(offset, count).CopyTo(TensorMemory.Floats(_values[block]).Slice(device * count, count));
            }
        }
    }

    /// <summary>Copies one device's values.</summary>
    /// <param name="device">The device's place.</param>
    /// <param name="values">Receives the flat vector.</param>
    public void Read(int device, Span<float> values)
    {
        for (var block = 0; block < _values.Length; block++)
        {
            var (offset, count) = (model.Blocks[block].Offset, model.Blocks[block].Count);
            TensorMemory.Floats(_values[block]).Slice(device * count, count).CopyTo(values[offset..]);
        }
    }

    /// <summary>Takes one step with all devices of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rule">What is done with the gradients.</param>
    /// <returns>Each device's loss before the step.</returns>
    public float[] Step(PaddedBatch batch, StepRule rule)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        // The gradient of the sum is, for each device, that of its own loss.
        var losses = Losses(batch);
        losses.sum().backward();
        using var noGradients = no_grad();
        for (var block = 0; block < _values.Length; block++)
        {
            if (parameters[block].grad is { } gradient)
            {
                var ofDevices = gradient.reshape(_values[block].shape).narrow(0, 0, batch.Devices);
                rule.Apply(block, _values[block].narrow(0, 0, batch.Devices), ofDevices);
                gradient.zero_();
            }
        }

        return TensorMemory.Floats(losses.detach()).ToArray();
    }

    /// <summary>Overwrites all values and gradients with zeros: rows that moved would tell which tokens a device used.</summary>
    public void Forget()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        for (var block = 0; block < _values.Length; block++)
        {
            _values[block].zero_();
            parameters[block].grad?.zero_();
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        // Not every layer of TorchSharp's disposes of its parameters with itself.
        Array.ForEach([.. _values, .. parameters], tensor => tensor.Dispose());
    }

    /// <summary>Each device's mean loss.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>Singles [devices] that gradients flow through.</returns>
    protected abstract Tensor Losses(PaddedBatch batch);

    /// <summary>Refuses logits of another shape than the model's.</summary>
    /// <param name="logits">What the user's code gave.</param>
    /// <param name="shape">What it must give.</param>
    /// <returns>The logits.</returns>
    /// <exception cref="InvalidOperationException">They have another shape or type.</exception>
    protected static Tensor EnsureShape(Tensor logits, params long[] shape) =>
        logits.shape.AsSpan().SequenceEqual(shape) && logits.dtype == ScalarType.Float32
            ? logits
            : throw new InvalidOperationException(
                $"the logits are {logits.dtype} [{string.Join(", ", logits.shape)}] where Float32 [{string.Join(", ", shape)}] is needed");

    /// <summary>The loss of one device's rows.</summary>
    /// <param name="logits">Its logits [rows, classes].</param>
    /// <param name="labels">Its classes [rows].</param>
    /// <returns>One single [1].</returns>
    /// <exception cref="InvalidOperationException">It is not one single.</exception>
    protected Tensor LossOf(Tensor logits, Tensor labels)
    {
        var loss = model.Model.Loss(logits, labels);
        return loss.numel() == 1 && loss.dtype == ScalarType.Float32
            ? loss.reshape(1)
            : throw new InvalidOperationException($"the loss is {loss.dtype} [{string.Join(", ", loss.shape)}] where one Float32 is needed");
    }

    private static Tensor ValuesOf(Tensor parameter, int devicesMax)
    {
        using var detached = parameter.detach();
        return detached.view(devicesMax, -1).DetachFromDisposeScope();
    }
}
