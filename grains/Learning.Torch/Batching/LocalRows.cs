using System.Runtime.InteropServices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Batching;

/// <summary>
/// The rows of the sparse block that a batch of devices can touch: every device has its own copy of each row its scheduled
/// examples use, and all copies stand one after another in one table.
/// </summary>
/// <remarks>The order of a device's rows is that of first use in its own plan, so nothing of it depends on its neighbours.</remarks>
/// <param name="architecture">The model.</param>
/// <param name="device">What computes with them.</param>
internal sealed class LocalRows(ModelArchitecture architecture, ComputeDevice device) : IDisposable
{
    private const int Unused = -1;

    private readonly GrowingTensor _values = new(ScalarType.Float32, CPU);
    private readonly List<int> _tokens = [];
    private readonly List<int> _firstRows = [];
    private readonly List<int> _firstPositions = [];

    /// <summary>The last row given to a bucket; it is that of the current device only if the row's token agrees, so nobody clears it.</summary>
    private readonly int[] _rowOfBucket = new int[architecture.Buckets];
    private int[] _rowOfPosition = [];
    private readonly SharedRows? _shared = device.IsHost
        ? null
        : new SharedRows(architecture.Blocks.Single(block => block.IsSparse), architecture.Buckets, device);

    /// <summary>The sparse block.</summary>
    public ParameterBlock Block { get; } = architecture.Blocks.Single(block => block.IsSparse);

    /// <summary>The columns of the table: those of the block and a padding of zeros.</summary>
    public int Width => TensorMemory.Padded(Block.Columns);

    /// <summary>The table [rows, width]; valid in the dispose scope in which <see cref="Load"/> was called.</summary>
    public Tensor Table { get; private set; } = null!;

    /// <summary>What the rows are copies of, on an accelerator.</summary>
    public SharedRows Shared => _shared ?? throw new InvalidOperationException("On the processor every device's rows are read where they are.");

    /// <summary>Gives every device its rows with a checkpoint's values.</summary>
    /// <param name="slots">The devices.</param>
    /// <param name="checkpoint">The flat parameter vector.</param>
    /// <exception cref="ArgumentException">A token is outside the model's buckets.</exception>
    public void Load(ReadOnlySpan<TrainingSlot> slots, ReadOnlySpan<float> checkpoint)
    {
        Forget();
        var position = 0;
        foreach (var slot in slots)
        {
            _firstRows.Add(_tokens.Count);
            _firstPositions.Add(position);
            AddRows(slot, position);
            position += slot.Work.Examples.Tokens.Length;
        }

        _firstRows.Add(_tokens.Count);
        if (_shared is not null)
        {
            Table = _shared.Load(CollectionsMarshal.AsSpan(_tokens), CollectionsMarshal.AsSpan(_firstRows), checkpoint);
            return;
        }

        Table = _values.Take((long)_tokens.Count * Width).view(_tokens.Count, Width);
        var values = TensorMemory.Floats(Table);
        for (var row = 0; row < _tokens.Count; row++)
        {
            var local = values.Slice(row * Width, Width);
            StartOf(row, checkpoint).CopyTo(local);
            local[Block.Columns..].Clear();
        }
    }

    /// <summary>The rows of one device in the table.</summary>
    /// <param name="slot">The device.</param>
    /// <returns>[first, end).</returns>
    public Range Of(int slot) => _firstRows[slot].._firstRows[slot + 1];

    /// <summary>A device's values of a row.</summary>
    /// <param name="table">The values of <see cref="Table"/>, on the processor, fetched once for many rows.</param>
    /// <param name="row">A row of the table.</param>
    /// <returns>One value per column.</returns>
    public ReadOnlySpan<float> LocalOf(ReadOnlySpan<float> table, int row) => table.Slice(row * Width, Block.Columns);

    /// <summary>The bucket of a row.</summary>
    /// <param name="row">A row of the table.</param>
    /// <returns>A token.</returns>
    public int TokenOf(int row) => _tokens[row];

    /// <summary>The checkpoint's values of a row.</summary>
    /// <param name="row">A row of the table.</param>
    /// <param name="checkpoint">The flat parameter vector.</param>
    /// <returns>One value per column.</returns>
    public ReadOnlySpan<float> StartOf(int row, ReadOnlySpan<float> checkpoint) =>
        checkpoint.Slice(Block.Offset + (_tokens[row] * Block.Columns), Block.Columns);

    /// <summary>The table rows of one example's tokens.</summary>
    /// <param name="slot">The device.</param>
    /// <param name="examples">Its examples.</param>
    /// <param name="example">A scheduled example.</param>
    /// <returns>One row per token, in the order of the text.</returns>
    public ReadOnlySpan<int> RowsOf(int slot, PackedExamples examples, int example) =>
        _rowOfPosition.AsSpan(_firstPositions[slot] + examples.TokenStarts[example], examples.TokensOf(example).Length);

    /// <summary>Overwrites what says which tokens the devices used. The table keeps its weights, which nobody can tell apart without it.</summary>
    public void Forget()
    {
        foreach (var token in _tokens)
        {
            _rowOfBucket[token] = 0;
        }

        CollectionsMarshal.AsSpan(_tokens).Clear();
        _tokens.Clear();
        _firstRows.Clear();
        _firstPositions.Clear();
        Array.Clear(_rowOfPosition);
        _shared?.Forget();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _shared?.Dispose();
    }

    private void AddRows(TrainingSlot slot, int firstPosition)
    {
        var examples = slot.Work.Examples;
        var firstRow = _tokens.Count;
        if (_rowOfPosition.Length < firstPosition + examples.Tokens.Length)
        {
            Array.Resize(ref _rowOfPosition, 2 * (firstPosition + examples.Tokens.Length));
        }

        var rows = _rowOfPosition.AsSpan(firstPosition, examples.Tokens.Length);
        rows.Fill(Unused);
        for (var step = 0; step < slot.Schedule.Steps; step++)
        {
            foreach (var example in slot.Schedule.Batch(step))
            {
                var (start, end) = (examples.TokenStarts[example], examples.TokenStarts[example + 1]);
                for (var i = start; i < end && rows[i] == Unused; i++)
                {
                    rows[i] = RowOf(examples.Tokens[i], firstRow);
                }
            }
        }
    }

    private int RowOf(int token, int firstRow)
    {
        var row = _rowOfBucket[ExampleRange.Token(token, _rowOfBucket.Length)];
        if (row < firstRow || row >= _tokens.Count || CollectionsMarshal.AsSpan(_tokens)[row] != token)
        {
            row = _tokens.Count;
            _rowOfBucket[token] = row;
            _tokens.Add(token);
        }

        return row;
    }
}
