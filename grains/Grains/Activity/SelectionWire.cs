using System.Collections.Immutable;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

// How the values of a draw travel. The learning core knows nothing of serialization, so each gets a surrogate here.

[GenerateSerializer, Immutable, Alias("sheaf.wire.ShardTotals")]
internal readonly record struct ShardTotalsWire([property: Id(0)] long Devices, [property: Id(1)] Int128 WeightUnits);

[RegisterConverter]
internal sealed class ShardTotalsConverter : IConverter<ShardTotals, ShardTotalsWire>
{
    public ShardTotals ConvertFromSurrogate(in ShardTotalsWire surrogate) => new(surrogate.Devices, surrogate.WeightUnits);

    public ShardTotalsWire ConvertToSurrogate(in ShardTotals value) => new(value.Devices, value.WeightUnits);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.MassTotals")]
internal readonly record struct MassTotalsWire([property: Id(0)] long Devices, [property: Id(1)] long Mass);

[RegisterConverter]
internal sealed class MassTotalsConverter : IConverter<MassTotals, MassTotalsWire>
{
    public MassTotals ConvertFromSurrogate(in MassTotalsWire surrogate) => new(surrogate.Devices, surrogate.Mass);

    public MassTotalsWire ConvertToSurrogate(in MassTotals value) => new(value.Devices, value.Mass);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.MassScale")]
internal readonly record struct MassScaleWire([property: Id(0)] double PerWeightUnit, [property: Id(1)] double PerDevice);

[RegisterConverter]
internal sealed class MassScaleConverter : IConverter<MassScale, MassScaleWire>
{
    public MassScale ConvertFromSurrogate(in MassScaleWire surrogate) => new(surrogate.PerWeightUnit, surrogate.PerDevice);

    public MassScaleWire ConvertToSurrogate(in MassScale value) => new(value.PerWeightUnit, value.PerDevice);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.DrawOrder")]
internal readonly record struct DrawOrderWire([property: Id(0)] ulong Seed, [property: Id(1)] int Purpose, [property: Id(2)] int Round);

[RegisterConverter]
internal sealed class DrawOrderConverter : IConverter<DrawOrder, DrawOrderWire>
{
    public DrawOrder ConvertFromSurrogate(in DrawOrderWire surrogate) => new(surrogate.Seed, (Purpose)surrogate.Purpose, surrogate.Round);

    public DrawOrderWire ConvertToSurrogate(in DrawOrder value) => new(value.Seed, (int)value.Purpose, value.Round);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.LocatedDevice")]
internal readonly record struct LocatedDeviceWire(
    [property: Id(0)] ulong Position, [property: Id(1)] int Index, [property: Id(2)] long Start, [property: Id(3)] long Mass);

[RegisterConverter]
internal sealed class LocatedDeviceConverter : IConverter<LocatedDevice, LocatedDeviceWire>
{
    public LocatedDevice ConvertFromSurrogate(in LocatedDeviceWire surrogate) =>
        new(surrogate.Position, surrogate.Index, surrogate.Start, surrogate.Mass);

    public LocatedDeviceWire ConvertToSurrogate(in LocatedDevice value) => new(value.Position, value.Index, value.Start, value.Mass);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.ActivityHistogram")]
internal readonly record struct ActivityHistogramWire(
    [property: Id(0)] ImmutableArray<int> Steps, [property: Id(1)] ImmutableArray<long> Counts, [property: Id(2)] int Max);

[RegisterConverter]
internal sealed class ActivityHistogramConverter : IConverter<ActivityHistogram, ActivityHistogramWire>
{
    public ActivityHistogram ConvertFromSurrogate(in ActivityHistogramWire surrogate) => new(surrogate.Steps, surrogate.Counts, surrogate.Max);

    public ActivityHistogramWire ConvertToSurrogate(in ActivityHistogram value) => new(value.Steps, value.Counts, value.Max);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.Attendance")]
internal readonly record struct AttendanceWire([property: Id(0)] ulong Seed, [property: Id(1)] int Round, [property: Id(2)] double Availability);

[RegisterConverter]
internal sealed class AttendanceConverter : IConverter<Attendance, AttendanceWire>
{
    public Attendance ConvertFromSurrogate(in AttendanceWire surrogate) => new(surrogate.Seed, surrogate.Round, surrogate.Availability);

    public AttendanceWire ConvertToSurrogate(in Attendance value) => new(value.Seed, value.Round, value.Availability);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.SweepOrder")]
internal readonly record struct SweepOrderWire([property: Id(0)] ulong Seed, [property: Id(1)] long Sweep, [property: Id(2)] int BucketBits);

[RegisterConverter]
internal sealed class SweepOrderConverter : IConverter<SweepOrder, SweepOrderWire>
{
    public SweepOrder ConvertFromSurrogate(in SweepOrderWire surrogate) => new(surrogate.Seed, surrogate.Sweep, surrogate.BucketBits);

    public SweepOrderWire ConvertToSurrogate(in SweepOrder value) => new(value.Seed, value.Sweep, value.BucketBits);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.SweptDevice")]
internal readonly record struct SweptDeviceWire([property: Id(0)] ulong Key, [property: Id(1)] ulong Position, [property: Id(2)] int Index);

[RegisterConverter]
internal sealed class SweptDeviceConverter : IConverter<SweptDevice, SweptDeviceWire>
{
    public SweptDevice ConvertFromSurrogate(in SweptDeviceWire surrogate) => new(surrogate.Key, surrogate.Position, surrogate.Index);

    public SweptDeviceWire ConvertToSurrogate(in SweptDevice value) => new(value.Key, value.Position, value.Index);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.InclusionPlan")]
internal record struct InclusionPlanWire
{
    [Id(0)]
    public int Cohort;
    [Id(1)]
    public bool CohortLowered;
    [Id(2)]
    public double InclusionMax;
    [Id(3)]
    public bool InclusionMaxRaised;
    [Id(4)]
    public long CappedDevices;
    [Id(5)]
    public MassScale Scale;
    [Id(6)]
    public long CapThreshold;
    [Id(7)]
    public long CappedMass;
    [Id(8)]
    public long UncappedFactor;
    [Id(9)]
    public long ZoneLength;
    [Id(10)]
    public long Devices;
}

[RegisterConverter]
internal sealed class InclusionPlanConverter : IConverter<InclusionPlan, InclusionPlanWire>
{
    public InclusionPlan ConvertFromSurrogate(in InclusionPlanWire surrogate) => new()
    {
        Cohort = surrogate.Cohort,
        CohortLowered = surrogate.CohortLowered,
        InclusionMax = surrogate.InclusionMax,
        InclusionMaxRaised = surrogate.InclusionMaxRaised,
        CappedDevices = surrogate.CappedDevices,
        Scale = surrogate.Scale,
        CapThreshold = surrogate.CapThreshold,
        CappedMass = surrogate.CappedMass,
        UncappedFactor = surrogate.UncappedFactor,
        ZoneLength = surrogate.ZoneLength,
        Devices = surrogate.Devices,
    };

    public InclusionPlanWire ConvertToSurrogate(in InclusionPlan value) => new()
    {
        Cohort = value.Cohort,
        CohortLowered = value.CohortLowered,
        InclusionMax = value.InclusionMax,
        InclusionMaxRaised = value.InclusionMaxRaised,
        CappedDevices = value.CappedDevices,
        Scale = value.Scale,
        CapThreshold = value.CapThreshold,
        CappedMass = value.CappedMass,
        UncappedFactor = value.UncappedFactor,
        ZoneLength = value.ZoneLength,
        Devices = value.Devices,
    };
}
