using System.Collections.Immutable;

namespace Sheaf.Abstractions.Populations;

/// <summary>How the rows of data without devices are dealt out to devices.</summary>
/// <param name="Kind">"iid", "label-dirichlet", "quantity-dirichlet" or "zipf".</param>
/// <param name="Devices">How many devices there are: at least 1, at most one for each row.</param>
/// <param name="Alpha">The concentration of "label-dirichlet", above 0.</param>
/// <param name="Beta">The concentration of "quantity-dirichlet", above 0.</param>
/// <param name="Exponent">The exponent of "zipf", at least 0.</param>
/// <param name="Seed">All randomness follows from it.</param>
/// <param name="Labels">Every label once, in ordinal order.</param>
/// <param name="LabelRows">How many rows each label has.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PartitionSpec")]
public sealed record PartitionSpec(
    [property: Id(0)] string Kind,
    [property: Id(1)] int Devices,
    [property: Id(2)] double Alpha,
    [property: Id(3)] double Beta,
    [property: Id(4)] double Exponent,
    [property: Id(5)] ulong Seed,
    [property: Id(6)] ImmutableArray<string> Labels,
    [property: Id(7)] ImmutableArray<long> LabelRows)
{
    /// <summary>Whether two specifications say the same. An immutable array alone would compare which array it is, not what is in it.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether all values are equal.</returns>
    public bool Equals(PartitionSpec? other) =>
        other is not null
        && (Kind, Devices, Alpha, Beta, Exponent, Seed) == (other.Kind, other.Devices, other.Alpha, other.Beta, other.Exponent, other.Seed)
        && Labels.SequenceEqual(other.Labels, StringComparer.Ordinal)
        && LabelRows.SequenceEqual(other.LabelRows);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Devices, Alpha, Beta, Exponent, Seed, Labels.Length);
}
