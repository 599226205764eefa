using System.Collections.Immutable;

namespace Sheaf.Learning.Selection;

/// <summary>How often the devices of a group have taken part: how many devices have done so how many times.</summary>
/// <remarks>Law: the counts of a population are the merged counts of its parts, however it is cut.</remarks>
/// <param name="DevicesByTimes">The number of devices by how often they took part; those that never did are among them.</param>
public sealed record ParticipationCounts(ImmutableSortedDictionary<int, long> DevicesByTimes)
{
    /// <summary>The counts of nobody.</summary>
    public static readonly ParticipationCounts None = new(ImmutableSortedDictionary<int, long>.Empty);

    /// <summary>How many devices there are.</summary>
    public long Devices => DevicesByTimes.Values.Sum();

    /// <summary>How many devices never took part.</summary>
    public long Never => DevicesByTimes.GetValueOrDefault(0);

    /// <summary>How often all devices together took part.</summary>
    public long Times => DevicesByTimes.Sum(pair => pair.Key * pair.Value);

    /// <summary>
    /// Gini's coefficient of the devices' participations, G = Σᵢ (2i − n − 1)·xᵢ / (n·Σ xᵢ) with x ascending, i from 1 to n (Gini, "Measurement of
    /// inequality of incomes", Economic Journal 1921): 0 when all take part alike, near 1 when one device does everything.
    /// Null when nobody took part.
    /// </summary>
    public double? Gini
    {
        get
        {
            var (devices, times) = (Devices, Times);
            if (times == 0)
            {
                return null;
            }

            var (before, weighted) = (0L, (Int128)0);
            foreach (var (each, count) in DevicesByTimes)
            {
                // Σ (2i − n − 1) over the ranks before + 1 … before + count.
                weighted += (Int128)each * count * ((2 * before) + count - devices);
                before += count;
            }

            return (double)weighted / ((double)devices * times);
        }
    }

    /// <summary>Adds devices.</summary>
    /// <param name="times">How often each took part, at least 0.</param>
    /// <param name="devices">How many there are.</param>
    /// <returns>The counts with them.</returns>
    public ParticipationCounts With(int times, long devices = 1) =>
        new(DevicesByTimes.SetItem(times, DevicesByTimes.GetValueOrDefault(times) + devices));

    /// <summary>Adds the counts of other devices.</summary>
    /// <param name="other">The other devices.</param>
    /// <returns>The counts of all.</returns>
    public ParticipationCounts Merge(ParticipationCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.DevicesByTimes.Aggregate(this, (counts, pair) => counts.With(pair.Key, pair.Value));
    }
}
