using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;

namespace Sheaf.Abstractions.Devices;

/// <summary>What a device holds: counts only.</summary>
/// <param name="Activity">How many examples it can train on now.</param>
/// <param name="HeldOut">How many examples it keeps for evaluation only.</param>
/// <param name="Oldest">The time of the oldest example; null when there is none.</param>
/// <param name="Newest">The time of the newest example; null when there is none.</param>
/// <param name="Receipts">What was erased so far.</param>
/// <param name="Retention">The policy that holds for it.</param>
/// <param name="HasOwnRetention">Whether that is its own policy, not its population's.</param>
/// <param name="NextExpiry">When the first of its examples expires by its age, in the population's time; null when none does.</param>
/// <param name="IsWithdrawn">Whether its consent was withdrawn.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DeviceStatus")]
public sealed record DeviceStatus(
    [property: Id(0)] int Activity,
    [property: Id(1)] int HeldOut,
    [property: Id(2)] DateTimeOffset? Oldest,
    [property: Id(3)] DateTimeOffset? Newest,
    [property: Id(4)] ImmutableArray<EraseReceipt> Receipts,
    [property: Id(5)] RetentionSpec Retention,
    [property: Id(6)] bool HasOwnRetention,
    [property: Id(7)] DateTimeOffset? NextExpiry,
    [property: Id(8)] bool IsWithdrawn);
