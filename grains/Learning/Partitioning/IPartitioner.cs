namespace Sheaf.Learning.Partitioning;

/// <summary>A rule that deals the rows of data without devices out to devices. A value: equal rules give equal partitions.</summary>
public interface IPartitioner
{
    /// <summary>The name of the rule, lower-case words with dashes.</summary>
    string Name { get; }

    /// <summary>Deals rows out.</summary>
    /// <param name="counts">How many rows each label has, at least 0 each.</param>
    /// <param name="devices">How many devices there are: at least 1, at most one for each row.</param>
    /// <param name="seed">All randomness follows from it.</param>
    /// <returns>The partition.</returns>
    /// <exception cref="ArgumentException">A count is negative, or there are too few or too many devices.</exception>
    IPartition Build(IReadOnlyList<long> counts, int devices, ulong seed);
}
