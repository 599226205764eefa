using System.Collections.Immutable;
using Sheaf.Learning.Models;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Memory;

/// <summary>Every device's own values of a model's dense blocks: one tensor [devices, rows, columns] per block, rows and columns padded.</summary>
/// <remarks>The padding is zero, so it adds nothing to a product and its own gradient is zero; only the padding of the last block,
/// the bias of the classes, is −∞, so that softmax gives the classes that do not exist a probability of zero.</remarks>
internal sealed class DenseParameters : IDisposable
{
    private readonly bool _isApart;
    private readonly ImmutableArray<Tensor> _tensors;

    // What the host writes: the first device's values; on the processor they are where they belong.
    private readonly ImmutableArray<Tensor> _host;
    private readonly ImmutableArray<Tensor> _starts;

    /// <summary>Allocates the values.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="devicesMax">The most devices at once.</param>
    /// <param name="device">What computes with them.</param>
    public DenseParameters(ModelArchitecture architecture, int devicesMax, ComputeDevice device)
    {
        Blocks = [.. architecture.Blocks.Where(block => !block.IsSparse)];
        _isApart = !device.IsHost;
        _tensors = Allocate(device.Torch, devicesMax);
        _host = _isApart ? Allocate(CPU, 1) : _tensors;
        _starts = _isApart ? Allocate(device.Torch, 1) : [];

        ImmutableArray<Tensor> Allocate(Device where, int devices) => [.. Blocks.Select(block => TensorMemory.Allocate(
            ScalarType.Float32, where, devices, TensorMemory.Padded(block.Rows), TensorMemory.Padded(block.Columns)))];
    }

    /// <summary>The dense blocks, in the order of the flat vector.</summary>
    public ImmutableArray<ParameterBlock> Blocks { get; }

    /// <summary>A matrix of the first devices.</summary>
    /// <param name="block">An index into <see cref="Blocks"/>.</param>
    /// <param name="devices">How many devices.</param>
    /// <returns>A view [devices, rows, columns] that belongs to the current dispose scope.</returns>
    public Tensor Weight(int block, long devices) => _tensors[block].narrow(0, 0, devices);

    /// <summary>A vector of the first devices.</summary>
    /// <param name="block">An index into <see cref="Blocks"/>; the block has one row.</param>
    /// <param name="devices">How many devices.</param>
    /// <returns>A view [devices, 1, columns] that belongs to the current dispose scope.</returns>
    public Tensor Bias(int block, long devices) => Weight(block, devices).narrow(1, 0, 1);

    /// <summary>What the first devices have added to a block, on an accelerator.</summary>
    /// <param name="block">An index into <see cref="Blocks"/>.</param>
    /// <param name="devices">How many devices.</param>
    /// <returns>A tensor [devices, rows, columns] without the padding, in the current dispose scope.</returns>
    public Tensor Difference(int block, long devices) => Real(block, Weight(block, devices)).sub(Real(block, _starts[block]));

    /// <summary>Gives the first devices a checkpoint's values.</summary>
    /// <param name="checkpoint">The flat parameter vector.</param>
    /// <param name="devices">How many devices.</param>
    public void Load(ReadOnlySpan<float> checkpoint, int devices)
    {
        for (var block = 0; block < Blocks.Length; block++)
        {
            var (offset, count, columns) = (Blocks[block].Offset, Blocks[block].Count, Blocks[block].Columns);
            var width = TensorMemory.Padded(columns);
            // A device that diverged may have left NaN in the padding of its slot.
            var first = SlotOf(block, device: 0);
            first.Clear();
            TensorMemory.CopyRows(checkpoint.Slice(offset, count), columns, first, width);
            if (block == Blocks.Length - 1)
            {
                first[columns..width].Fill(float.NegativeInfinity);
            }

            if (_isApart)
            {
                using var scope = NewDisposeScope();
                Weight(block, devices).copy_(_starts[block].copy_(_host[block]));
                continue;
            }

            for (var device = 1; device < devices; device++)
            {
                first.CopyTo(SlotOf(block, device));
            }
        }
    }

    /// <summary>Copies one device's values of all blocks, without the padding, on the processor.</summary>
    /// <param name="device">The device's slot.</param>
    /// <param name="values">Receives the blocks one after another.</param>
    public void Read(int device, Span<float> values)
    {
        for (var block = 0; block < Blocks.Length; block++)
        {
            var (count, columns) = (Blocks[block].Count, Blocks[block].Columns);
            TensorMemory.CopyRows(SlotOf(block, device), TensorMemory.Padded(columns), values[..count], columns);
            values = values[count..];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _isApart ? [.. _tensors, .. _host, .. _starts] : _tensors)
        {
            tensor.Dispose();
        }
    }

    private Tensor Real(int block, Tensor padded) => padded.narrow(1, 0, Blocks[block].Rows).narrow(2, 0, Blocks[block].Columns);

    private Span<float> SlotOf(int block, int device)
    {
        var count = TensorMemory.Padded(Blocks[block].Rows) * TensorMemory.Padded(Blocks[block].Columns);
        return TensorMemory.Floats(_host[block]).Slice(device * count, count);
    }
}
