using System.Collections.Immutable;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.VirtualTime;

/// <summary>Devices that do as real ones were seen to: each follows one device of a trace, whichever the seed says, over and over again.</summary>
/// <param name="Seed">Says who follows whom.</param>
/// <param name="Cycle">After how long the trace begins anew, above 0.</param>
/// <param name="Devices">The devices of the trace, at least one.</param>
public sealed record TracedProfiles(ulong Seed, TimeSpan Cycle, ImmutableArray<TracedDevice> Devices) : IDeviceProfiles
{
    /// <inheritdoc/>
    public DeviceProfile ProfileOf(ulong position) => Followed(position).Profile;

    /// <inheritdoc/>
    public bool IsOnline(ulong position, TimeSpan at) => StaysOnline(position, at, at);

    /// <inheritdoc/>
    public bool StaysOnline(ulong position, TimeSpan from, TimeSpan until)
    {
        var online = Followed(position).Online;
        if (online.IsDefaultOrEmpty)
        {
            return true;
        }

        for (var (at, begin) = (from, new TimeSpan(from.Ticks / Cycle.Ticks * Cycle.Ticks)); ; begin += Cycle)
        {
            while (SpanAt(online, at - begin) is { } span)
            {
                at = begin + span.Until;
                if (until < at)
                {
                    return true;
                }
            }

            // Online to the very end of the trace, a device may go on at its beginning.
            if (at - begin != Cycle)
            {
                return false;
            }
        }
    }

    private TracedDevice Followed(ulong position) => Devices[Prf.Sequence(Seed, Purpose.DeviceProfile, position).NextInt32(Devices.Length)];

    private static OnlineSpan? SpanAt(ImmutableArray<OnlineSpan> online, TimeSpan at)
    {
        var (low, high) = (0, online.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = online[middle].Until <= at ? (middle + 1, high) : (low, middle);
        }

        return low < online.Length && online[low].From <= at ? online[low] : null;
    }
}

/// <summary>A device of a trace.</summary>
/// <param name="Profile">How fast it is.</param>
/// <param name="Online">When it is online, ascending, none overlapping another; none at all is always.</param>
public sealed record TracedDevice(DeviceProfile Profile, ImmutableArray<OnlineSpan> Online);

/// <summary>A time in which a device is online.</summary>
/// <param name="From">Its first moment, from the beginning of the trace.</param>
/// <param name="Until">The moment at which the device is no longer online, after <paramref name="From"/> and not after the trace's cycle.</param>
public readonly record struct OnlineSpan(TimeSpan From, TimeSpan Until);
