using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch;

/// <summary>Folds on the processor, one device after another, without a copy of what they have touched.</summary>
/// <param name="rows">The devices' rows of the sparse block.</param>
/// <param name="dense">The devices' dense blocks.</param>
internal sealed class UpdateFolder(LocalRows rows, DenseParameters dense) : IUpdateFolder
{
    private readonly float[] _dense = new float[dense.Blocks.Sum(block => block.Count)];

    /// <inheritdoc/>
    public void Fold(TrainingOrder order, ReadOnlySpan<TrainingSlot> slots, ReadOnlySpan<LossSums> losses, FixedPointSum sum, Span<TrainingOutcome> outcomes)
    {
        for (var slot = 0; slot < slots.Length; slot++)
        {
            outcomes[slots[slot].Index] = Fold(order, slot, slots[slot], losses[slot], sum);
        }
    }

    private TrainingOutcome Fold(TrainingOrder order, int slot, TrainingSlot device, LossSums losses, FixedPointSum sum)
    {
        var start = order.Parameters.Span;
        var norm = Math.Sqrt(SquaredNorm(slot, start));
        var decision = FoldDecision.Of(order, device, norm);
        if (decision.Verdict == UpdateVerdict.Folded)
        {
            Add(slot, start, decision.Factor, sum);
            sum.Count(decision.Weight);
        }

        var range = rows.Of(slot);
        var touched = ((long)(range.End.Value - range.Start.Value) * rows.Block.Columns) + _dense.Length;
        return decision.OutcomeOf(device, norm, losses, touched);
    }

    private void Add(int slot, ReadOnlySpan<float> start, double factor, FixedPointSum sum)
    {
        var table = TensorMemory.Floats(rows.Table);
        var range = rows.Of(slot);
        for (var row = range.Start.Value; row < range.End.Value; row++)
        {
            var offset = rows.Block.Offset + (rows.TokenOf(row) * rows.Block.Columns);
            sum.FoldDifference(offset, rows.LocalOf(table, row), rows.StartOf(row, start), factor);
        }

        var local = _dense.AsSpan();
        foreach (var block in dense.Blocks)
        {
            sum.FoldDifference(block.Offset, local[..block.Count], start.Slice(block.Offset, block.Count), factor);
            local = local[block.Count..];
        }
    }

    private double SquaredNorm(int slot, ReadOnlySpan<float> start)
    {
        var table = TensorMemory.Floats(rows.Table);
        var range = rows.Of(slot);
        var squares = 0.0;
        for (var row = range.Start.Value; row < range.End.Value; row++)
        {
            squares += UpdateNorm.SquaredDistance(rows.LocalOf(table, row), rows.StartOf(row, start));
        }

        dense.Read(slot, _dense);
        var local = _dense.AsSpan();
        foreach (var block in dense.Blocks)
        {
            squares += UpdateNorm.SquaredDistance(local[..block.Count], start.Slice(block.Offset, block.Count));
            local = local[block.Count..];
        }

        return squares;
    }
}
