using System.Runtime.InteropServices;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch;

/// <summary>Folds where the updates are, on an accelerator: whole numbers in any order give one sum, of which each row is copied to the host once for all devices.</summary>
/// <remarks>The arithmetic is that of <see cref="FixedPointSum.FoldDifference"/>; only a norm may differ in its last bits, for its squares are added in no fixed order.</remarks>
/// <param name="rows">The devices' rows of the sparse block.</param>
/// <param name="dense">The devices' dense blocks.</param>
/// <param name="device">The accelerator.</param>
internal sealed class AcceleratorFolder(LocalRows rows, DenseParameters dense, ComputeDevice device) : IUpdateFolder
{
    // Rows of the table that are computed at once: 256 MiB of doubles.
    private const long ValuesMax = 32L * 1024 * 1024;

    private static readonly long[] Columns = [1];
    private static readonly long[] RowsAndColumns = [1, 2];
    private static readonly long[] Devices = [0];

    private readonly int _denseCount = dense.Blocks.Sum(block => block.Count);

    /// <inheritdoc/>
    public void Fold(TrainingOrder order, ReadOnlySpan<TrainingSlot> slots, ReadOnlySpan<LossSums> losses, FixedPointSum sum, Span<TrainingOutcome> outcomes)
    {
        using var scope = NewDisposeScope();
        var norms = Norms(slots.Length);
        var factors = new double[slots.Length];
        for (var slot = 0; slot < slots.Length; slot++)
        {
            var decision = FoldDecision.Of(order, slots[slot], norms[slot]);
            if (decision.Verdict == UpdateVerdict.Folded)
            {
                factors[slot] = decision.Factor * sum.Scale.UnitsPerOne;
                sum.Count(decision.Weight);
            }

            var range = rows.Of(slot);
            var touched = ((long)(range.End.Value - range.Start.Value) * rows.Block.Columns) + _denseCount;
            outcomes[slots[slot].Index] = decision.OutcomeOf(slots[slot], norms[slot], losses[slot], touched);
        }

        var onDevice = tensor(factors, ScalarType.Float64, device.Torch);
        FoldRows(onDevice, sum);
        FoldDense(onDevice, sum);
    }

    private double[] Norms(int devices)
    {
        var squares = zeros([devices], ScalarType.Float64, device.Torch);
        ForEachPart((first, count) =>
        {
            var difference = Difference(first, count);
            squares.index_add_(0, rows.Shared.SlotOfRow.narrow(0, first, count), difference.mul(difference).sum(Columns), Scalars.One);
        });
        for (var block = 0; block < dense.Blocks.Length; block++)
        {
            using var scope = NewDisposeScope();
            var difference = dense.Difference(block, devices).to(ScalarType.Float64);
            squares.add_(difference.mul(difference).sum(RowsAndColumns), Scalars.One);
        }

        return MemoryMarshal.Cast<byte, double>(squares.sqrt().cpu().bytes).ToArray();
    }

    private void FoldRows(Tensor factors, FixedPointSum sum)
    {
        var shared = rows.Shared;
        var units = zeros([shared.Tokens.Count, rows.Width], ScalarType.Int64, device.Torch);
        ForEachPart((first, count) =>
        {
            var factor = factors.index_select(0, shared.SlotOfRow.narrow(0, first, count)).unsqueeze(1);
            units.index_add_(0, shared.SharedOfRow.narrow(0, first, count), Units(Difference(first, count), factor), Scalars.One);
        });
        var host = TensorMemory.Longs(units.cpu());
        for (var row = 0; row < shared.Tokens.Count; row++)
        {
            sum.AddUnits(rows.Block.Offset + (shared.Tokens[row] * rows.Block.Columns), host.Slice(row * rows.Width, rows.Block.Columns));
        }
    }

    private void FoldDense(Tensor factors, FixedPointSum sum)
    {
        var devices = factors.shape[0];
        for (var block = 0; block < dense.Blocks.Length; block++)
        {
            using var scope = NewDisposeScope();
            var units = Units(dense.Difference(block, devices).to(ScalarType.Float64), factors.view(devices, 1, 1)).sum(Devices);
            sum.AddUnits(dense.Blocks[block].Offset, TensorMemory.Longs(units.cpu().contiguous()));
        }
    }

    private Tensor Difference(long first, long count) => rows.Table.narrow(0, first, count)
        .sub(rows.Shared.Start.index_select(0, rows.Shared.SharedOfRow.narrow(0, first, count)))
        .to(ScalarType.Float64);

    // Of an update that is left out the factor is 0, and whatever it holds that is no number becomes 0 as well.
    private static Tensor Units(Tensor differences, Tensor factors) => differences.mul(factors).nan_to_num(0).round().to(ScalarType.Int64);

    private void ForEachPart(Action<long, long> work)
    {
        var (all, most) = (rows.Table.shape[0], Math.Max(1, ValuesMax / rows.Width));
        for (var first = 0L; first < all; first += most)
        {
            using var scope = NewDisposeScope();
            work(first, Math.Min(most, all - first));
        }
    }
}
