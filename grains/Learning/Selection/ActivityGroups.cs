using System.Collections.Immutable;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>
/// The active devices of a population in groups of equal size, from the least active to the most active: deciles when there are ten. Devices
/// of one activity may have to be parted; then a hash of the position decides, so that a device's group is a pure function of its
/// activity and its position, and the groups have equal size in expectation.
/// </summary>
/// <remarks>
/// Law: the groups below a boundary hold its share of the devices, up to the binomial noise of the one step of the histogram that it parts;
/// and a device in a higher step is never in a lower group.
/// </remarks>
/// <param name="Boundaries">Where each group but the first starts, ascending.</param>
public sealed record ActivityGroups(ImmutableArray<ActivityBoundary> Boundaries)
{
    /// <summary>How many groups there are.</summary>
    public int Count => Boundaries.Length + 1;

    /// <summary>Parts a population.</summary>
    /// <param name="histogram">The activity of all its devices.</param>
    /// <param name="groups">How many groups, from 1 to 1,000. Default: 10.</param>
    /// <returns>The groups; when no device is active, all are in the first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of groups is out of range.</exception>
    public static ActivityGroups Of(ActivityHistogram histogram, int groups = 10)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        if (groups is < 1 or > 1_000)
        {
            throw new ArgumentOutOfRangeException(nameof(groups), groups, "Choose 1 to 1,000 groups.");
        }

        var devices = histogram.Counts.Sum();
        var boundaries = ImmutableArray.CreateBuilder<ActivityBoundary>(groups - 1);
        var (step, below) = (0, 0L);
        for (var group = 1; group < groups; group++)
        {
            var wanted = (double)devices * group / groups;
            while (step < histogram.Steps.Length && below + histogram.Counts[step] <= wanted)
            {
                below += histogram.Counts[step++];
            }

            boundaries.Add(step < histogram.Steps.Length
                ? new ActivityBoundary(histogram.Steps[step], (wanted - below) / histogram.Counts[step])
                : new ActivityBoundary(int.MaxValue, 1));
        }

        return new ActivityGroups(boundaries.MoveToImmutable());
    }

    /// <summary>The group of a device.</summary>
    /// <param name="activity">Its activity; a device without any is in the first group.</param>
    /// <param name="position">Its position.</param>
    /// <returns>A group in [0, <see cref="Count"/>), ascending with activity.</returns>
    public int GroupOf(int activity, ulong position)
    {
        var step = ActivityHistogram.StepOf(Math.Max(0, activity));

        // The leading bits of a position are its shard: mixed, they say nothing about the group.
        var place = (Prf.Mix(unchecked(position + Prf.GoldenGamma)) >> 11) * (1.0 / (1UL << 53));
        var (low, high) = (0, Boundaries.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var boundary = Boundaries[middle];
            var isAbove = step > boundary.Activity || (step == boundary.Activity && place >= boundary.Fraction);
            (low, high) = isAbove ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

/// <summary>Where a group starts.</summary>
/// <param name="Activity">The step of the histogram that it parts.</param>
/// <param name="Fraction">The fraction of that step's devices that is still in the group below, in [0, 1].</param>
public readonly record struct ActivityBoundary(int Activity, double Fraction);
