using System.Collections.Immutable;

namespace Sheaf.Learning.Selection;

/// <summary>
/// Cuts the active devices of a population into groups of equal size by activity, the least active first: tenths by default. Devices
/// of equal activity are told apart by their positions, which are uniform, so a group has its share of the devices even where
/// most of them have one example each.
/// </summary>
/// <remarks>Law: a group's size differs from its share by no more than the noise of the positions.</remarks>
public sealed class ActivityGroups
{
    private const int Tenths = 10;

    /// <summary>Restores groups.</summary>
    /// <param name="bounds">Where each group but the first begins, ascending.</param>
    public ActivityGroups(ImmutableArray<ActivityBound> bounds) => Bounds = bounds;

    /// <summary>Where each group but the first begins, ascending.</summary>
    public ImmutableArray<ActivityBound> Bounds { get; }

    /// <summary>How many groups there are.</summary>
    public int Count => Bounds.Length + 1;

    /// <summary>Cuts a population.</summary>
    /// <param name="histogram">The activity of its devices.</param>
    /// <param name="groups">How many groups, at least 1. Default: 10.</param>
    /// <returns>The groups.</returns>
    public static ActivityGroups Of(ActivityHistogram histogram, int groups = Tenths)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        var bounds = ImmutableArray.CreateBuilder<ActivityBound>(groups - 1);
        var (devices, step, before) = (histogram.Counts.Sum(), 0, 0L);
        for (var group = 1; group < groups; group++)
        {
            var rank = (double)devices * group / groups;
            while (step < histogram.Steps.Length && before + histogram.Counts[step] <= rank)
            {
                before += histogram.Counts[step++];
            }

            bounds.Add(step < histogram.Steps.Length
                ? new ActivityBound(histogram.Steps[step], (rank - before) / histogram.Counts[step])
                : new ActivityBound(int.MaxValue, 1));
        }

        return new ActivityGroups(bounds.MoveToImmutable());
    }

    /// <summary>The group of a device.</summary>
    /// <param name="activity">Its activity, at least 1.</param>
    /// <param name="position">Its position.</param>
    /// <returns>A group in [0, <see cref="Count"/>).</returns>
    public int GroupOf(int activity, ulong position)
    {
        var step = ActivityHistogram.StepOf(activity);
        var place = (position >> 11) * (1.0 / (1UL << 53));
        var group = 0;
        while (group < Bounds.Length && (step, place).CompareTo((Bounds[group].Activity, Bounds[group].Share)) >= 0)
        {
            group++;
        }

        return group;
    }
}

/// <summary>Where a group begins: in the midst of the devices of one activity.</summary>
/// <param name="Activity">The step of the histogram.</param>
/// <param name="Share">The share of that step's devices that belong to the group before, in [0, 1).</param>
public readonly record struct ActivityBound(int Activity, double Share);
