namespace Sheaf.Learning.Partitioning;

/// <summary>
/// Which device each row of some data belongs to. A row is known by its label and by its place among the rows of that label, so the answer
/// does not depend on when or in which order rows arrive. Immutable and thread-safe.
/// </summary>
public interface IPartition
{
    /// <summary>How many rows each device has; they sum to the number of rows.</summary>
    IReadOnlyList<long> Sizes { get; }

    /// <summary>The device of a row.</summary>
    /// <param name="label">The index of its label.</param>
    /// <param name="ordinal">Its place among the rows of that label, the first being 0.</param>
    /// <returns>A device in [0, number of devices).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such label, or no such row of it.</exception>
    int DeviceOf(int label, long ordinal);
}
