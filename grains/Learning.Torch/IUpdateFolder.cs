using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch;

/// <summary>Checks, clips and weighs the updates of a batch of devices and folds those that pass into a sum.</summary>
internal interface IUpdateFolder
{
    /// <summary>Judges the devices' updates, as they are after training, and folds those that pass.</summary>
    /// <param name="order">The checkpoint, the bounds and the weighting.</param>
    /// <param name="slots">The devices, each at its place in the batch.</param>
    /// <param name="losses">Their losses.</param>
    /// <param name="sum">The sum.</param>
    /// <param name="outcomes">Receives what became of each, in the order of the caller's list.</param>
    void Fold(TrainingOrder order, ReadOnlySpan<TrainingSlot> slots, ReadOnlySpan<LossSums> losses, FixedPointSum sum, Span<TrainingOutcome> outcomes);
}
