using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.VirtualTime;

/// <summary>Devices whose speeds are log-normal, and that come and go in sessions, more of them at one hour of their day than at another.</summary>
/// <remarks>
/// Time is cut into sessions, at moments that differ from device to device. In each a device is online or not, by itself, with the probability
/// p(h) = availability · (1 + a · cos 2π(h − peak)/24), where h is the hour of its own day in the middle of the session and a = (swing − 1)/(swing + 1),
/// so that the largest p over the smallest is the swing. Bonawitz et al., "Towards federated learning at scale" (MLSys 2019, §9) saw four times as many
/// devices at night as by day.
/// </remarks>
public sealed record GeneratedProfiles : IDeviceProfiles
{
    private const double HoursPerDay = 24;

    /// <summary>Everything follows from it.</summary>
    public ulong Seed { get; init; }

    /// <summary>The median of the examples that a device trains on in a second, above 0.</summary>
    public required double ExamplesPerSecond { get; init; }

    /// <summary>σ of the logarithm of that number, at least 0: with 0.7, two thirds of the devices are within a factor of 2 of the median.</summary>
    public required double ComputeSpread { get; init; }

    /// <summary>The median of the bytes that reach a device in a second, above 0.</summary>
    public required double DownloadPerSecond { get; init; }

    /// <summary>The median of the bytes that a device sends in a second, above 0.</summary>
    public required double UploadPerSecond { get; init; }

    /// <summary>σ of the logarithm of a device's share of both, at least 0: who receives fast sends fast.</summary>
    public required double NetworkSpread { get; init; }

    /// <summary>The share of the time that a device is online, in (0, 1]; with a <see cref="Swing"/> at most (1 + 1/swing)/2, so that no p is above 1.</summary>
    public double Availability { get; init; } = 1;

    /// <summary>How many times as many devices are online at the best hour as at the worst, at least 1.</summary>
    public double Swing { get; init; } = 1;

    /// <summary>The best hour of a device's own day, in [0, 24).</summary>
    public double PeakHour { get; init; }

    /// <summary>Over how many hours the devices' days are spread, in [0, 24]; 0 gives all the same day.</summary>
    public double ZoneHours { get; init; }

    /// <summary>How long a device stays as it is, online or not, above 0.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The largest <see cref="Availability"/> that a swing allows.</summary>
    /// <param name="swing">The swing, at least 1.</param>
    /// <returns>1/(1 + a) = (1 + 1/swing)/2.</returns>
    public static double AvailabilityMax(double swing) => (1 + (1 / swing)) / 2;

    /// <inheritdoc/>
    public DeviceProfile ProfileOf(ulong position)
    {
        var random = Prf.Sequence(Seed, Purpose.DeviceProfile, position);
        var compute = Math.Exp(ComputeSpread * random.NextGaussian());
        var network = Math.Exp(NetworkSpread * random.NextGaussian());
        return new DeviceProfile(ExamplesPerSecond * compute, DownloadPerSecond * network, UploadPerSecond * network);
    }

    /// <inheritdoc/>
    public bool IsOnline(ulong position, TimeSpan at)
    {
        var day = DayOf(position);
        return IsAlways || IsOnlineIn(day.SessionAt(at), day, position);
    }

    /// <inheritdoc/>
    public bool StaysOnline(ulong position, TimeSpan from, TimeSpan until)
    {
        if (IsAlways)
        {
            return true;
        }

        var day = DayOf(position);
        var last = day.SessionAt(until);
        for (var session = day.SessionAt(from); session <= last; session++)
        {
            if (!IsOnlineIn(session, day, position))
            {
                return false;
            }
        }

        return true;
    }

    // With a swing, not even this would be all of the time.
    private bool IsAlways => Availability >= 1;

    private Day DayOf(ulong position)
    {
        var random = Prf.Sequence(Seed, Purpose.DeviceDay, position);
        var zone = ZoneHours * (random.NextDouble() - 0.5);
        return new Day(zone, random.NextDouble() * Session.TotalSeconds, Session.TotalSeconds);
    }

    private bool IsOnlineIn(long session, Day day, ulong position)
    {
        var probability = Availability;
        if (Swing > 1)
        {
            var amplitude = (Swing - 1) / (Swing + 1);
            probability *= 1 + (amplitude * Math.Cos(2 * Math.PI * (day.HourOf(session) - PeakHour) / HoursPerDay));
        }

        return Prf.Sequence(Seed, Purpose.Online, (ulong)session, position).NextDouble() < probability;
    }

    /// <summary>How a device's time is cut.</summary>
    /// <param name="Zone">By how many hours its clock is ahead.</param>
    /// <param name="Offset">How many seconds before time 0 its first session began.</param>
    /// <param name="Length">The seconds of a session.</param>
    private readonly record struct Day(double Zone, double Offset, double Length)
    {
        public long SessionAt(TimeSpan at) => (long)Math.Floor((at.TotalSeconds + Offset) / Length);

        public double HourOf(long session) => ((((session + 0.5) * Length) - Offset) / 3600) + Zone;
    }
}
