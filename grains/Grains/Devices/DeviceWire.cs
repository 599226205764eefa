using System.Collections.Immutable;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

// How what a device refuses and holds is stored. The learning core knows nothing of serialization, so each gets a surrogate here.

[GenerateSerializer, Immutable, Alias("sheaf.wire.IdRange")]
internal readonly record struct IdRangeWire([property: Id(0)] long First, [property: Id(1)] long Last);

[RegisterConverter]
internal sealed class IdRangeConverter : IConverter<IdRange, IdRangeWire>
{
    public IdRange ConvertFromSurrogate(in IdRangeWire surrogate) => new(surrogate.First, surrogate.Last);

    public IdRangeWire ConvertToSurrogate(in IdRange value) => new(value.First, value.Last);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.ErasedIds")]
internal readonly record struct ErasedIdsWire([property: Id(0)] long First, [property: Id(1)] long Last);

[RegisterConverter]
internal sealed class ErasedIdsConverter : IConverter<ErasedIds, ErasedIdsWire>
{
    public ErasedIds ConvertFromSurrogate(in ErasedIdsWire surrogate) => new(surrogate.First, surrogate.Last);

    public ErasedIdsWire ConvertToSurrogate(in ErasedIds value) => new(value.First, value.Last);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.ErasedTimes")]
internal readonly record struct ErasedTimesWire(
    [property: Id(0)] DateTimeOffset Start, [property: Id(1)] DateTimeOffset End, [property: Id(2)] long UpTo);

[RegisterConverter]
internal sealed class ErasedTimesConverter : IConverter<ErasedTimes, ErasedTimesWire>
{
    public ErasedTimes ConvertFromSurrogate(in ErasedTimesWire surrogate) => new(surrogate.Start, surrogate.End, surrogate.UpTo);

    public ErasedTimesWire ConvertToSurrogate(in ErasedTimes value) => new(value.Start, value.End, value.UpTo);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.ErasedLabel")]
internal readonly record struct ErasedLabelWire([property: Id(0)] string Label, [property: Id(1)] long UpTo);

[RegisterConverter]
internal sealed class ErasedLabelConverter : IConverter<ErasedLabel, ErasedLabelWire>
{
    public ErasedLabel ConvertFromSurrogate(in ErasedLabelWire surrogate) => new(surrogate.Label, surrogate.UpTo);

    public ErasedLabelWire ConvertToSurrogate(in ErasedLabel value) => new(value.Label, value.UpTo);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.Tombstone")]
internal readonly record struct TombstoneWire(
    [property: Id(0)] long AllUpTo,
    [property: Id(1)] ImmutableArray<ErasedTimes> Times,
    [property: Id(2)] ImmutableArray<ErasedLabel> Labels,
    [property: Id(3)] ImmutableArray<ErasedIds> Ids);

[RegisterConverter]
internal sealed class TombstoneConverter : IConverter<Tombstone, TombstoneWire>
{
    public Tombstone ConvertFromSurrogate(in TombstoneWire surrogate) => new(surrogate.AllUpTo, surrogate.Times, surrogate.Labels, surrogate.Ids);

    public TombstoneWire ConvertToSurrogate(in Tombstone value) => new(value.AllUpTo, value.Times, value.Labels, value.Ids);
}
