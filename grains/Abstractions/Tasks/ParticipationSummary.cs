using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>Who has taken part in a task so far: updates in its checkpoints, by device.</summary>
/// <param name="Devices">Devices that ever made an example.</param>
/// <param name="Never">Those of them that no checkpoint has an update of.</param>
/// <param name="Updates">Updates in checkpoints.</param>
/// <param name="Gini">Gini's coefficient of the devices' updates, 0 (all alike) to 1 (one device gives all); null before the first update.</param>
/// <param name="Groups">The same by activity group, from the least active tenth of the devices to the most active.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ParticipationSummary")]
public sealed record ParticipationSummary(
    [property: Id(0)] long Devices,
    [property: Id(1)] long Never,
    [property: Id(2)] long Updates,
    [property: Id(3)] double? Gini,
    [property: Id(4)] ImmutableArray<GroupParticipation> Groups);

/// <summary>Who of an activity group has taken part.</summary>
/// <param name="Devices">Devices of the group.</param>
/// <param name="Never">Those of them that no checkpoint has an update of.</param>
/// <param name="Updates">Updates in checkpoints.</param>
[GenerateSerializer, Immutable, Alias("sheaf.GroupParticipation")]
public readonly record struct GroupParticipation([property: Id(0)] long Devices, [property: Id(1)] long Never, [property: Id(2)] long Updates);
