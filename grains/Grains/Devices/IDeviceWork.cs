using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Rounds;

namespace Sheaf.Grains.Devices;

/// <summary>A device as a slice sees it. Key: <see cref="Abstractions.Devices.DeviceKey"/>.</summary>
[Alias("sheaf.IDeviceWork")]
internal interface IDeviceWork : IGrainWithStringKey
{
    /// <summary>
    /// Takes in what has arrived, applies the policy, and hands the examples, in process, to the slice's session on this silo. Training
    /// happens there, not here: the device stays free for other calls. Idempotent by slice and attempt.
    /// </summary>
    /// <param name="call">Which session, and the device's place in it.</param>
    /// <returns>Whether the examples were handed over.</returns>
    [Alias("Contribute")]
    Task<ContributionAnswer> ContributeAsync(ContributionCall call);
}

/// <summary>A slice's call to a device.</summary>
/// <param name="Slice">The slice and attempt.</param>
/// <param name="Index">The device's index in the slice.</param>
/// <param name="Silo">The silo of the session.</param>
/// <param name="Moment">The population's period and time when the slice was planned.</param>
/// <param name="Then">The moment of a round that is over and is run again; null otherwise.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ContributionCall")]
internal sealed record ContributionCall(
    [property: Id(0)] SliceKey Slice,
    [property: Id(1)] int Index,
    [property: Id(2)] SiloAddress Silo,
    [property: Id(3)] PopulationMoment Moment,
    [property: Id(4)] PopulationMoment? Then = null);

/// <summary>A device's answer to a slice.</summary>
[GenerateSerializer, Alias("sheaf.ContributionAnswer")]
internal enum ContributionAnswer
{
    /// <summary>The examples are in the session.</summary>
    HandedOver,

    /// <summary>The device has nothing to contribute.</summary>
    Declined,

    /// <summary>The session is over.</summary>
    SessionOver,

    /// <summary>The device lived on another silo than the session; it moves, ask again.</summary>
    Elsewhere,

    /// <summary>The device trains for another task; ask again.</summary>
    Busy,

    /// <summary>The device has been given to another task's slice, which is still gathering and comes first: let go of all devices, ask again.</summary>
    Yield,
}
