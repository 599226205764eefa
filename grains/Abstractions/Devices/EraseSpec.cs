using System.Collections.Immutable;

namespace Sheaf.Abstractions.Devices;

/// <summary>Which of a device's examples an erase means: a time range, a label, single examples, or, when nothing is said, all of them.</summary>
/// <param name="From">The first moment of the time range; null reaches back without end.</param>
/// <param name="Until">The first moment after the time range; null reaches on to all that has been handed in so far.</param>
/// <param name="Label">The label, compared by ordinal; empty means the examples that have none; null when no label is meant.</param>
/// <param name="Ids">The ids of single examples: the row of a pushed one, period · 2³² + row of a generated one; null when no ids are meant.</param>
[GenerateSerializer, Immutable, Alias("sheaf.EraseSpec")]
public sealed record EraseSpec(
    [property: Id(0)] DateTimeOffset? From = null,
    [property: Id(1)] DateTimeOffset? Until = null,
    [property: Id(2)] string? Label = null,
    [property: Id(3)] ImmutableArray<long>? Ids = null)
{
    /// <summary>Everything a device holds.</summary>
    public static readonly EraseSpec All = new();

    /// <summary>Whether a time range is meant.</summary>
    public bool IsOfTimes => From is not null || Until is not null;

    /// <summary>Whether single examples are meant.</summary>
    public bool IsOfIds => Ids is not null;

    /// <summary>Whether everything is meant.</summary>
    public bool IsOfAll => !IsOfTimes && !IsOfIds && Label is null;

    /// <summary>Whether two specifications say the same. An immutable array alone would compare which array it is, not what is in it.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether all values are equal.</returns>
    public bool Equals(EraseSpec? other) =>
        other is not null && (From, Until) == (other.From, other.Until)
        && string.Equals(Label, other.Label, StringComparison.Ordinal)
        && (Ids ?? []).SequenceEqual(other.Ids ?? []) && IsOfIds == other.IsOfIds;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(From, Until, Label, Ids?.Length);
}
