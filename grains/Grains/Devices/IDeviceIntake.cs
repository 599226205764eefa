using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;

namespace Sheaf.Grains.Devices;

/// <summary>A device as its shard sees it. Key: <see cref="Abstractions.Devices.DeviceKey"/>.</summary>
[Alias("sheaf.IDeviceIntake")]
internal interface IDeviceIntake : IGrainWithStringKey
{
    /// <summary>Takes rows in and stores them. Idempotent: rows up to the highest one taken in are ignored.</summary>
    /// <param name="rows">Rows of this device, ascending.</param>
    /// <param name="period">The period that they belong to, which is not open yet.</param>
    /// <returns>What the device holds afterwards.</returns>
    [Alias("TakeIn")]
    Task<DeviceCounts> TakeInAsync(ImmutableArray<Arrival> rows, int period);

    /// <summary>Deletes what the policy no longer allows. Idempotent.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>What the device holds afterwards.</returns>
    [Alias("Expire")]
    Task<DeviceCounts> ExpireAsync(PopulationMoment moment);
}
