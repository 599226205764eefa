using System.Collections.Immutable;
using Sheaf.Learning.Models;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Memory;

/// <summary>Every device's own values of a model's dense blocks: one tensor [devices, rows, columns] per block, rows and columns padded.</summary>
/// <remarks>The padding is zero, so it adds nothing to a product and its own gradient is zero; only the padding of the last block,
/// the bias of the classes, is −∞, so that softmax gives the classes that do not exist a probability of zero.</remarks>
internal sealed class DenseParameters : IDisposable
{
    private readonly ImmutableArray<Tensor> _tensors;

    /// <summary>Allocates the values.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="devicesMax">The most devices at once.</param>
    public DenseParameters(ModelArchitecture architecture, int devicesMax)
    {
        Blocks = [.. architecture.Blocks.Where(block => !block.IsSparse)];
        _tensors = [.. Blocks.Select(block => TensorMemory.Allocate(
            ScalarType.Float32, devicesMax, TensorMemory.Padded(block.Rows), TensorMemory.Padded(block.Columns)))];
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

            for (var device = 1; device < devices; device++)
            {
                first.CopyTo(SlotOf(block, device));
            }
        }
    }

    /// <summary>Copies one device's values of all blocks, without the padding.</summary>
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
        foreach (var tensor in _tensors)
        {
            tensor.Dispose();
        }
    }

    private Span<float> SlotOf(int block, int device)
    {
        var count = TensorMemory.Padded(Blocks[block].Rows) * TensorMemory.Padded(Blocks[block].Columns);
        return TensorMemory.Floats(_tensors[block]).Slice(device * count, count);
    }
}
