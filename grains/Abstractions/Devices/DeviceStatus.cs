using System.Collections.Immutable;

namespace Sheaf.Abstractions.Devices;

/// <summary>What a device holds: counts only.</summary>
/// <param name="Activity">How many examples it can train on now.</param>
/// <param name="HeldOut">How many examples it keeps for evaluation only.</param>
/// <param name="Oldest">The time of the oldest example; null when there is none.</param>
/// <param name="Newest">The time of the newest example; null when there is none.</param>
/// <param name="Receipts">What was erased so far.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DeviceStatus")]
public sealed record DeviceStatus(
    [property: Id(0)] int Activity,
    [property: Id(1)] int HeldOut,
    [property: Id(2)] DateTimeOffset? Oldest,
    [property: Id(3)] DateTimeOffset? Newest,
    [property: Id(4)] ImmutableArray<EraseReceipt> Receipts);
