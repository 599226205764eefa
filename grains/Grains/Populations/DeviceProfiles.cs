using Sheaf.Abstractions.Populations;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Grains.Populations;

/// <summary>Profiles in the terms of the learning core.</summary>
internal static class DeviceProfiles
{
    private const double SpreadMax = 5;
    private const double SwingMax = 1000;

    /// <summary>The profiles of a population.</summary>
    /// <param name="behaviour">How its devices behave; null when they always take part.</param>
    /// <returns>The profiles; null when it has no virtual clock.</returns>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public static IDeviceProfiles? Of(BehaviourSpec? behaviour) => behaviour?.Profiles switch
    {
        null => null,
        { Trace: { } trace } profiles => Traced(profiles, trace),
        var profiles => Generated(profiles, behaviour.Availability),
    };

    private static GeneratedProfiles Generated(ProfilesSpec spec, double availability)
    {
        var isUsable = spec is
        {
            ExamplesPerSecond: > 0, DownloadPerSecond: > 0, UploadPerSecond: > 0,
            ComputeSpread: >= 0 and <= SpreadMax, NetworkSpread: >= 0 and <= SpreadMax,
            Swing: >= 1 and <= SwingMax, PeakHour: >= 0 and < 24, ZoneHours: >= 0 and <= 24,
        };
        if (!isUsable || spec.Session < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException(
                $"No device is like {spec}. Speeds are above 0, spreads 0 to {SpreadMax}, the swing 1 to {SwingMax}, the peak an hour of the day, zones 0 to 24 hours, sessions a second or more.",
                nameof(spec));
        }

        return availability <= GeneratedProfiles.AvailabilityMax(spec.Swing)
            ? new GeneratedProfiles
            {
                Seed = spec.Seed,
                ExamplesPerSecond = spec.ExamplesPerSecond,
                ComputeSpread = spec.ComputeSpread,
                DownloadPerSecond = spec.DownloadPerSecond,
                UploadPerSecond = spec.UploadPerSecond,
                NetworkSpread = spec.NetworkSpread,
                Availability = availability,
                Swing = spec.Swing,
                PeakHour = spec.PeakHour,
                ZoneHours = spec.ZoneHours,
                Session = spec.Session,
            }
            : throw new ArgumentException(
                $"Devices that are online for {availability} of their time cannot be {spec.Swing} times as many at one hour as at another: at most {GeneratedProfiles.AvailabilityMax(spec.Swing)} can.",
                nameof(availability));
    }

    private static TracedProfiles Traced(ProfilesSpec spec, TraceSpec trace)
    {
        var isUsable = trace.Cycle > TimeSpan.Zero
            && trace.Devices.Length is >= 1 and <= TraceSpec.DevicesMax
            && trace.Devices.Sum(device => (long)device.Online.Length) <= TraceSpec.SpansMax
            && trace.Devices.All(device => device is { ExamplesPerSecond: > 0, DownloadPerSecond: > 0, UploadPerSecond: > 0 } && AreInOrder(device, trace.Cycle));
        return isUsable
            ? new TracedProfiles(
                spec.Seed,
                trace.Cycle,
                [.. trace.Devices.Select(device => new TracedDevice(
                    new DeviceProfile(device.ExamplesPerSecond, device.DownloadPerSecond, device.UploadPerSecond),
                    [.. device.Online.Select(span => new OnlineSpan(span.From, span.Until))]))])
            : throw new ArgumentException(
                $"A trace has 1 to {TraceSpec.DevicesMax} devices, online at most {TraceSpec.SpansMax} times together; speeds are above 0, and times in order and within its cycle.",
                nameof(trace));
    }

    private static bool AreInOrder(TraceDevice device, TimeSpan cycle)
    {
        var at = TimeSpan.Zero;
        foreach (var span in device.Online)
        {
            if (span.From < at || span.Until <= span.From)
            {
                return false;
            }

            at = span.Until;
        }

        return at <= cycle;
    }
}
