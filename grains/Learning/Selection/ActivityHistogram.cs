using System.Collections.Immutable;

namespace Sheaf.Learning.Selection;

/// <summary>
/// How many active devices have which activity: exactly below 2048; above, activities are told apart by their 11 leading bits, so that a
/// step is less than 0.1 % of them and a histogram has at most 22,528 steps, whatever the population.
/// </summary>
/// <remarks>Law: the histogram of a population is the merged histograms of its parts, however it is cut.</remarks>
public sealed class ActivityHistogram
{
    private const int LeadingBits = 11;

    /// <summary>Restores a histogram.</summary>
    /// <param name="steps">The least activity of each step, ascending.</param>
    /// <param name="counts">How many devices are in each step, at least 1.</param>
    /// <param name="max">The largest activity, 0 when no device is active.</param>
    /// <exception cref="ArgumentException">The arrays differ in length.</exception>
    public ActivityHistogram(ImmutableArray<int> steps, ImmutableArray<long> counts, int max)
    {
        if (steps.Length != counts.Length)
        {
            throw new ArgumentException($"{steps.Length} steps need as many counts; there are {counts.Length}.", nameof(counts));
        }

        (Steps, Counts, Max) = (steps, counts, max);
    }

    /// <summary>The least activity of each step, ascending.</summary>
    public ImmutableArray<int> Steps { get; }

    /// <summary>How many devices are in each step.</summary>
    public ImmutableArray<long> Counts { get; }

    /// <summary>The largest activity, exactly; 0 when no device is active.</summary>
    public int Max { get; }

    /// <summary>Counts devices.</summary>
    /// <param name="activities">Their activities; those without are left out.</param>
    /// <returns>The histogram.</returns>
    public static ActivityHistogram Of(ReadOnlySpan<int> activities)
    {
        var counts = new Dictionary<int, long>();
        var max = 0;
        foreach (var activity in activities)
        {
            if (activity > 0)
            {
                var step = StepOf(activity);
                counts[step] = counts.GetValueOrDefault(step) + 1;
                max = Math.Max(max, activity);
            }
        }

        return Of(counts, max);
    }

    /// <summary>Adds up the histograms of a population's parts.</summary>
    /// <param name="parts">The parts.</param>
    /// <returns>The histogram of all of them.</returns>
    public static ActivityHistogram Merge(IEnumerable<ActivityHistogram> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var counts = new Dictionary<int, long>();
        var max = 0;
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Steps.Length; i++)
            {
                counts[part.Steps[i]] = counts.GetValueOrDefault(part.Steps[i]) + part.Counts[i];
            }

            max = Math.Max(max, part.Max);
        }

        return Of(counts, max);
    }

    /// <summary>The largest activity, to the step, that at least a share of the active devices has.</summary>
    /// <param name="share">The share, in (0, 1]; at least one device is meant.</param>
    /// <returns>The activity; 1 when no device is active.</returns>
    public int LeastOfTop(double share)
    {
        var wanted = Math.Max(1, share * Counts.Sum());
        var counted = 0L;
        for (var i = Steps.Length - 1; i >= 0; i--)
        {
            counted += Counts[i];
            if (counted >= wanted)
            {
                return Steps[i];
            }
        }

        return 1;
    }

    /// <summary>The least activity of the step that an activity is in.</summary>
    /// <param name="activity">The activity, at least 0.</param>
    /// <returns>At most <paramref name="activity"/>.</returns>
    internal static int StepOf(int activity)
    {
        var dropped = Math.Max(0, 32 - int.LeadingZeroCount(activity) - LeadingBits);
        return activity >> dropped << dropped;
    }

    private static ActivityHistogram Of(Dictionary<int, long> counts, int max)
    {
        ImmutableArray<int> steps = [.. counts.Keys.Order()];
        return new ActivityHistogram(steps, [.. steps.Select(step => counts[step])], max);
    }
}
