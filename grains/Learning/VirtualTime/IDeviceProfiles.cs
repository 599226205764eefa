namespace Sheaf.Learning.VirtualTime;

/// <summary>What the devices of a population are like, and when they are online, by a virtual clock that starts at 0. A pure function of position and
/// time: immutable and thread-safe.</summary>
public interface IDeviceProfiles
{
    /// <summary>What a device is like.</summary>
    /// <param name="position">Its position.</param>
    /// <returns>Its profile.</returns>
    DeviceProfile ProfileOf(ulong position);

    /// <summary>Whether a device is online.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="at">When, at least 0.</param>
    /// <returns>True when it is.</returns>
    bool IsOnline(ulong position, TimeSpan at);

    /// <summary>Whether a device stays online from one moment to another.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="from">The first moment, at least 0.</param>
    /// <param name="until">The last moment, not before the first.</param>
    /// <returns>True when it is online at both and between them.</returns>
    bool StaysOnline(ulong position, TimeSpan from, TimeSpan until);
}
