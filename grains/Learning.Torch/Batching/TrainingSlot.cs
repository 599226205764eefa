using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Batching;

/// <summary>One device of a call: where the caller put it, its work and its plan.</summary>
/// <param name="Index">Its index in the caller's list.</param>
/// <param name="Work">Its examples and position.</param>
/// <param name="Schedule">Its batches.</param>
internal readonly record struct TrainingSlot(int Index, DeviceWork Work, LocalSchedule Schedule) : IComparable<TrainingSlot>
{
    /// <summary>Plans every device of a call and puts the longest plans first.</summary>
    /// <param name="order">What they have in common.</param>
    /// <param name="devices">The devices.</param>
    /// <returns>One slot per device; at any step, those still training are the first ones.</returns>
    public static TrainingSlot[] Plan(TrainingOrder order, ReadOnlySpan<DeviceWork> devices)
    {
        var slots = new TrainingSlot[devices.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            var work = devices[i];
            slots[i] = new TrainingSlot(i, work, LocalSchedule.Plan(work.Examples.Count, order.Local, order.Seed, order.Round, work.Position));
        }

        Array.Sort(slots);
        return slots;
    }

    /// <inheritdoc/>
    public int CompareTo(TrainingSlot other) =>
        other.Schedule.Steps.CompareTo(Schedule.Steps) is not 0 and var bySteps ? bySteps
        : Work.Position.CompareTo(other.Work.Position) is not 0 and var byPosition ? byPosition
        : Index.CompareTo(other.Index);
}
