using System.Collections.Immutable;
using Sheaf.Learning.Models;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Memory;

/// <summary>Every device's own values of a model's dense blocks: one tensor [devices, rows, columns] per block.</summary>
internal sealed class DenseParameters : IDisposable
{
    private readonly ImmutableArray<Tensor> _tensors;

    /// <summary>Allocates the values.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="devicesMax">The most devices at once.</param>
    public DenseParameters(ModelArchitecture architecture, int devicesMax)
    {
        Blocks = [.. architecture.Blocks.Where(block => !block.IsSparse)];
        _tensors = [.. Blocks.Select(block => TensorMemory.Allocate(ScalarType.Float32, devicesMax, block.Rows, block.Columns))];
    }

    /// <summary>The dense blocks, in the order of the flat vector.</summary>
    public ImmutableArray<ParameterBlock> Blocks { get; }

    /// <summary>One block's values for the first devices.</summary>
    /// <param name="block">An index into <see cref="Blocks"/>.</param>
    /// <param name="devices">How many devices.</param>
    /// <returns>A view [devices, rows, columns] that belongs to the current dispose scope.</returns>
    public Tensor First(int block, int devices) => _tensors[block].narrow(0, 0, devices);

    /// <summary>One block's values for one device.</summary>
    /// <param name="block">An index into <see cref="Blocks"/>.</param>
    /// <param name="device">The device's slot.</param>
    /// <returns>The values, row by row.</returns>
    public Span<float> Of(int block, int device)
    {
        var count = Blocks[block].Count;
        return TensorMemory.Floats(_tensors[block]).Slice(device * count, count);
    }

    /// <summary>Gives the first devices a checkpoint's values.</summary>
    /// <param name="checkpoint">The flat parameter vector.</param>
    /// <param name="devices">How many devices.</param>
    public void Load(ReadOnlySpan<float> checkpoint, int devices)
    {
        for (var block = 0; block < Blocks.Length; block++)
        {
            var start = checkpoint.Slice(Blocks[block].Offset, Blocks[block].Count);
            for (var device = 0; device < devices; device++)
            {
                start.CopyTo(Of(block, device));
            }
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
}
