using System.Collections.Immutable;
using Sheaf.Learning.Evaluation;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

// How the values of an evaluation travel. The learning core knows nothing of serialization, so each gets a surrogate here.

[GenerateSerializer, Immutable, Alias("sheaf.wire.ActivityBoundary")]
internal readonly record struct ActivityBoundaryWire([property: Id(0)] int Activity, [property: Id(1)] double Fraction);

[RegisterConverter]
internal sealed class ActivityBoundaryConverter : IConverter<ActivityBoundary, ActivityBoundaryWire>
{
    public ActivityBoundary ConvertFromSurrogate(in ActivityBoundaryWire surrogate) => new(surrogate.Activity, surrogate.Fraction);

    public ActivityBoundaryWire ConvertToSurrogate(in ActivityBoundary value) => new(value.Activity, value.Fraction);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.ActivityGroups")]
internal readonly record struct ActivityGroupsWire([property: Id(0)] ImmutableArray<ActivityBoundary> Boundaries);

[RegisterConverter]
internal sealed class ActivityGroupsConverter : IConverter<ActivityGroups, ActivityGroupsWire>
{
    public ActivityGroups ConvertFromSurrogate(in ActivityGroupsWire surrogate) => new(surrogate.Boundaries);

    public ActivityGroupsWire ConvertToSurrogate(in ActivityGroups value) => new(value.Boundaries);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.ParticipationStep")]
internal readonly record struct ParticipationStepWire([property: Id(0)] int Group, [property: Id(1)] int Updates, [property: Id(2)] long Devices);

[RegisterConverter]
internal sealed class ParticipationStepConverter : IConverter<ParticipationStep, ParticipationStepWire>
{
    public ParticipationStep ConvertFromSurrogate(in ParticipationStepWire surrogate) => new(surrogate.Group, surrogate.Updates, surrogate.Devices);

    public ParticipationStepWire ConvertToSurrogate(in ParticipationStep value) => new(value.Group, value.Updates, value.Devices);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.ParticipationCounts")]
internal readonly record struct ParticipationCountsWire([property: Id(0)] ImmutableArray<ParticipationStep> Steps);

[RegisterConverter]
internal sealed class ParticipationCountsConverter : IConverter<ParticipationCounts, ParticipationCountsWire>
{
    public ParticipationCounts ConvertFromSurrogate(in ParticipationCountsWire surrogate) => new(surrogate.Steps);

    public ParticipationCountsWire ConvertToSurrogate(in ParticipationCounts value) => new(value.Steps);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.HajekMoments")]
internal readonly record struct HajekMomentsWire(
    [property: Id(0)] Int128 Chance,
    [property: Id(1)] Int128 Values,
    [property: Id(2)] Int128 Examples,
    [property: Id(3)] Int128 SquaredValues,
    [property: Id(4)] Int128 Products,
    [property: Id(5)] Int128 SquaredExamples);

[RegisterConverter]
internal sealed class HajekMomentsConverter : IConverter<HajekMoments, HajekMomentsWire>
{
    public HajekMoments ConvertFromSurrogate(in HajekMomentsWire surrogate) => new(
        surrogate.Chance, surrogate.Values, surrogate.Examples, surrogate.SquaredValues, surrogate.Products, surrogate.SquaredExamples);

    public HajekMomentsWire ConvertToSurrogate(in HajekMoments value) => new(
        value.Chance, value.Values, value.Examples, value.SquaredValues, value.Products, value.SquaredExamples);
}

[GenerateSerializer, Immutable, Alias("sheaf.wire.HajekSums")]
internal readonly record struct HajekSumsWire(
    [property: Id(0)] long Devices, [property: Id(1)] Int128 Values, [property: Id(2)] Int128 Examples, [property: Id(3)] HajekMoments Moments);

[RegisterConverter]
internal sealed class HajekSumsConverter : IConverter<HajekSums, HajekSumsWire>
{
    public HajekSums ConvertFromSurrogate(in HajekSumsWire surrogate) => new(surrogate.Devices, surrogate.Values, surrogate.Examples, surrogate.Moments);

    public HajekSumsWire ConvertToSurrogate(in HajekSums value) => new(value.Devices, value.Values, value.Examples, value.Moments);
}
