using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch;

/// <summary>Checks, clips and weighs the updates of a batch of devices and folds those that pass into a sum.</summary>
/// <param name="rows">The devices' rows of the sparse block.</param>
/// <param name="dense">The devices' dense blocks.</param>
internal sealed class UpdateFolder(LocalRows rows, DenseParameters dense)
{
    private readonly float[] _dense = new float[dense.Blocks.Sum(block => block.Count)];

    /// <summary>Judges one device's update and folds it if it passes.</summary>
    /// <param name="order">The checkpoint, the bounds and the weighting.</param>
    /// <param name="slot">The device's place in the batch.</param>
    /// <param name="device">Its work and its plan.</param>
    /// <param name="losses">Its losses.</param>
    /// <param name="sum">The sum.</param>
    /// <returns>What became of it.</returns>
    public TrainingOutcome Fold(TrainingOrder order, int slot, TrainingSlot device, LossSums losses, FixedPointSum sum)
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
