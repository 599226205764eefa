using System.Runtime.InteropServices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Memory;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Batching;

/// <summary>
/// The rows of the sparse block that a batch of devices can touch, as an accelerator gets them: each once, and for every device's own row which of these it is a
/// copy of, so that copies are made and added up where the accelerator's memory is.
/// </summary>
/// <param name="block">The sparse block.</param>
/// <param name="buckets">How many rows it has.</param>
/// <param name="device">The accelerator.</param>
internal sealed class SharedRows(ParameterBlock block, int buckets, ComputeDevice device) : IDisposable
{
    private readonly StagedTensor _values = new(ScalarType.Float32, device);
    private readonly StagedTensor _sharedOfRow = new(ScalarType.Int64, device);
    private readonly StagedTensor _slotOfRow = new(ScalarType.Int64, device);
    private readonly List<int> _tokens = [];

    /// <summary>The last shared row given to a bucket; it counts only if that row's token agrees, so nobody clears it.</summary>
    private readonly int[] _sharedOfBucket = new int[buckets];

    private int Width => TensorMemory.Padded(block.Columns);

    /// <summary>The buckets, each once.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>For every row of the devices' table, its shared row [rows]; valid in the dispose scope in which <see cref="Load"/> was called.</summary>
    public Tensor SharedOfRow { get; private set; } = null!;

    /// <summary>For every row of the devices' table, the device [rows]; valid in the dispose scope in which <see cref="Load"/> was called.</summary>
    public Tensor SlotOfRow { get; private set; } = null!;

    /// <summary>The checkpoint's values [shared rows, width]; valid in the dispose scope in which <see cref="Load"/> was called.</summary>
    public Tensor Start { get; private set; } = null!;

    /// <summary>Finds the rows and gives the accelerator a checkpoint's values of them.</summary>
    /// <param name="tokenOfRow">The bucket of every row of the devices' table.</param>
    /// <param name="firstRows">Where each device's rows begin, and where the last one's end.</param>
    /// <param name="checkpoint">The flat parameter vector.</param>
    /// <returns>The devices' table [rows, width], in the current dispose scope.</returns>
    public Tensor Load(ReadOnlySpan<int> tokenOfRow, ReadOnlySpan<int> firstRows, ReadOnlySpan<float> checkpoint)
    {
        _sharedOfRow.Take(tokenOfRow.Length);
        _slotOfRow.Take(tokenOfRow.Length);
        var shared = TensorMemory.Longs(_sharedOfRow.OnHost);
        var slots = TensorMemory.Longs(_slotOfRow.OnHost);
        for (var slot = 0; slot < firstRows.Length - 1; slot++)
        {
            slots[firstRows[slot]..firstRows[slot + 1]].Fill(slot);
        }

        for (var row = 0; row < tokenOfRow.Length; row++)
        {
            shared[row] = SharedOf(tokenOfRow[row]);
        }

        _values.Take((long)_tokens.Count * Width);
        var values = TensorMemory.Floats(_values.OnHost);
        values.Clear();
        for (var row = 0; row < _tokens.Count; row++)
        {
            checkpoint.Slice(block.Offset + (_tokens[row] * block.Columns), block.Columns).CopyTo(values[(row * Width)..]);
        }

        Start = _values.Upload().view(_tokens.Count, Width);
        (SharedOfRow, SlotOfRow) = (_sharedOfRow.Upload(), _slotOfRow.Upload());
        return Start.index_select(0, SharedOfRow);
    }

    /// <summary>Overwrites what says which tokens the devices used.</summary>
    public void Forget()
    {
        foreach (var token in _tokens)
        {
            _sharedOfBucket[token] = 0;
        }

        CollectionsMarshal.AsSpan(_tokens).Clear();
        _tokens.Clear();
        _sharedOfRow.Clear();
        _slotOfRow.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _sharedOfRow.Dispose();
        _slotOfRow.Dispose();
    }

    private int SharedOf(int token)
    {
        var shared = _sharedOfBucket[token];
        if (shared >= _tokens.Count || CollectionsMarshal.AsSpan(_tokens)[shared] != token)
        {
            _sharedOfBucket[token] = shared = _tokens.Count;
            _tokens.Add(token);
        }

        return shared;
    }
}
