using System.Collections.Immutable;

namespace Sheaf.Learning.Evaluation;

/// <summary>How many devices took part how often, by activity group: what a report needs to know about fairness, without naming a device.</summary>
/// <remarks>
/// Law: the counts of a population are the merged counts of its parts, however it is cut. All sums are integers, so that no
/// order of merging changes a bit.
/// </remarks>
/// <param name="Steps">Ascending by group, then by updates, each pair once.</param>
public sealed record ParticipationCounts(ImmutableArray<ParticipationStep> Steps)
{
    /// <summary>How many devices there are.</summary>
    public long Devices => Steps.Sum(step => step.Devices);

    /// <summary>How many updates they have made.</summary>
    public long Updates => Steps.Sum(step => step.Devices * step.Updates);

    /// <summary>The share of the devices that never took part; null without devices.</summary>
    public double? NeverShare => ShareOf(Steps.Where(step => step.Updates == 0).Sum(step => step.Devices), Devices);

    /// <summary>
    /// The Gini coefficient of the devices' updates, those that never took part included: 0 when all took part equally often, (n − 1)/n when
    /// one of n made all updates; null when there are none to share. With x ascending, G = 2·Σ i·x_i / (n·Σ x) − (n + 1)/n
    /// (Sen, "On economic inequality", 1973, after Gini, 1912), here as one quotient of integers.
    /// </summary>
    public double? Gini
    {
        get
        {
            var (rank, total, ranked) = (0L, (Int128)0, (Int128)0);
            foreach (var step in Steps.GroupBy(step => step.Updates).OrderBy(step => step.Key))
            {
                var (updates, devices) = (step.Key, step.Sum(each => each.Devices));

                // The ranks of these devices are rank + 1 … rank + devices, and add up to devices·(2·rank + devices + 1)/2.
                ranked += (Int128)devices * ((2 * rank) + devices + 1) / 2 * updates;
                total += (Int128)devices * updates;
                rank += devices;
            }

            return total == 0 ? null : (double)((2 * ranked) - ((rank + 1) * total)) / (double)(rank * total);
        }
    }

    /// <summary>Counts devices.</summary>
    /// <param name="groups">The group of each, at least 0.</param>
    /// <param name="updates">How many of its updates were committed, at least 0.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static ParticipationCounts Of(ReadOnlySpan<int> groups, ReadOnlySpan<int> updates)
    {
        if (groups.Length != updates.Length)
        {
            throw new ArgumentException($"{groups.Length} devices need as many counts; there are {updates.Length}.", nameof(updates));
        }

        var counts = new Dictionary<(int Group, int Updates), long>();
        for (var i = 0; i < groups.Length; i++)
        {
            var key = (groups[i], updates[i]);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return Of(counts);
    }

    /// <summary>Adds up the counts of a population's parts.</summary>
    /// <param name="parts">The parts.</param>
    /// <returns>The counts of all of them.</returns>
    public static ParticipationCounts Merge(IEnumerable<ParticipationCounts> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var counts = new Dictionary<(int Group, int Updates), long>();
        foreach (var step in parts.SelectMany(part => part.Steps))
        {
            var key = (step.Group, step.Updates);
            counts[key] = counts.GetValueOrDefault(key) + step.Devices;
        }

        return Of(counts);
    }

    /// <summary>The counts of one group.</summary>
    /// <param name="group">The group.</param>
    /// <returns>Its part; empty when no device is in it.</returns>
    public ParticipationCounts Only(int group) => new([.. Steps.Where(step => step.Group == group)]);

    /// <summary>Which share of all updates came from a group.</summary>
    /// <param name="group">The group.</param>
    /// <returns>The share; null when there are no updates.</returns>
    public double? UpdateShareOf(int group) => ShareOf(Only(group).Updates, Updates);

    private static double? ShareOf(long part, long whole) => whole == 0 ? null : (double)part / whole;

    private static ParticipationCounts Of(Dictionary<(int Group, int Updates), long> counts) =>
        new([.. counts.OrderBy(step => step.Key).Select(step => new ParticipationStep(step.Key.Group, step.Key.Updates, step.Value))]);
}

/// <summary>Devices that took part equally often.</summary>
/// <param name="Group">Their activity group.</param>
/// <param name="Updates">How many of their updates were committed.</param>
/// <param name="Devices">How many devices there are.</param>
public readonly record struct ParticipationStep(int Group, int Updates, long Devices);
