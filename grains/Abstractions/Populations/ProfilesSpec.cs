using System.Collections.Immutable;

namespace Sheaf.Abstractions.Populations;

/// <summary>How fast virtual devices are and when they are online, by a virtual clock. What is generated is log-normal; a trace says it in its place.</summary>
/// <param name="Seed">Everything follows from it.</param>
/// <param name="ExamplesPerSecond">The median of the examples that a device trains on in a second, above 0.</param>
/// <param name="ComputeSpread">σ of the logarithm of that number, 0 to 5.</param>
/// <param name="DownloadPerSecond">The median of the bytes that reach a device in a second, above 0.</param>
/// <param name="UploadPerSecond">The median of the bytes that a device sends in a second, above 0.</param>
/// <param name="NetworkSpread">σ of the logarithm of a device's share of both, 0 to 5.</param>
/// <param name="Swing">How many times as many devices are online at the best hour as at the worst, 1 to 1,000.</param>
/// <param name="PeakHour">The best hour of a device's own day, in [0, 24).</param>
/// <param name="ZoneHours">Over how many hours the devices' days are spread, 0 to 24.</param>
/// <param name="Session">How long a device stays as it is, online or not, at least a second.</param>
/// <param name="Trace">Real devices that the virtual ones follow; null when they are generated.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ProfilesSpec")]
public sealed record ProfilesSpec(
    [property: Id(0)] ulong Seed,
    [property: Id(1)] double ExamplesPerSecond,
    [property: Id(2)] double ComputeSpread,
    [property: Id(3)] double DownloadPerSecond,
    [property: Id(4)] double UploadPerSecond,
    [property: Id(5)] double NetworkSpread,
    [property: Id(6)] double Swing,
    [property: Id(7)] double PeakHour,
    [property: Id(8)] double ZoneHours,
    [property: Id(9)] TimeSpan Session,
    [property: Id(10)] TraceSpec? Trace = null);

/// <summary>What real devices were seen to do.</summary>
/// <param name="Cycle">After how long it begins anew, above 0.</param>
/// <param name="Devices">The devices, 1 to 10,000.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TraceSpec")]
public sealed record TraceSpec([property: Id(0)] TimeSpan Cycle, [property: Id(1)] ImmutableArray<TraceDevice> Devices)
{
    /// <summary>The most devices of a trace, and the most times online of all of them together: every silo holds them.</summary>
    public const int DevicesMax = 10_000, SpansMax = 100_000;

    /// <summary>Whether two traces say the same. An immutable array alone would compare which array it is, not what is in it.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether all values are equal.</returns>
    public bool Equals(TraceSpec? other) => other is not null && Cycle == other.Cycle && Devices.SequenceEqual(other.Devices);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Cycle, Devices.Length);
}

/// <summary>A real device.</summary>
/// <param name="ExamplesPerSecond">Examples that it trains on in a second, above 0.</param>
/// <param name="DownloadPerSecond">Bytes that reach it in a second, above 0.</param>
/// <param name="UploadPerSecond">Bytes that it sends in a second, above 0.</param>
/// <param name="Online">When it is online, ascending, none overlapping another; none at all is always.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TraceDevice")]
public sealed record TraceDevice(
    [property: Id(0)] double ExamplesPerSecond,
    [property: Id(1)] double DownloadPerSecond,
    [property: Id(2)] double UploadPerSecond,
    [property: Id(3)] ImmutableArray<TraceSpan> Online)
{
    /// <summary>Whether two devices are the same. An immutable array alone would compare which array it is, not what is in it.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether all values are equal.</returns>
    public bool Equals(TraceDevice? other) =>
        other is not null
        && (ExamplesPerSecond, DownloadPerSecond, UploadPerSecond) == (other.ExamplesPerSecond, other.DownloadPerSecond, other.UploadPerSecond)
        && Online.SequenceEqual(other.Online);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ExamplesPerSecond, DownloadPerSecond, UploadPerSecond, Online.Length);
}

/// <summary>A time in which a device is online.</summary>
/// <param name="From">Its first moment, from the beginning of the trace.</param>
/// <param name="Until">The first moment after it.</param>
[GenerateSerializer, Immutable, Alias("sheaf.TraceSpan")]
public readonly record struct TraceSpan([property: Id(0)] TimeSpan From, [property: Id(1)] TimeSpan Until);
