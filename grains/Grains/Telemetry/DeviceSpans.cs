using System.Globalization;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;
using Span = System.Diagnostics.Activity;

namespace Sheaf.Grains.Telemetry;

/// <summary>Spans of single devices: of one in so many, always the same ones of a task, and never under their own names.</summary>
/// <param name="options">Of how many.</param>
internal sealed class DeviceSpans(DeviceSpanOptions options)
{
    /// <summary>Starts the span of a call to a device.</summary>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="parent">What it is a part of, in the form of <c>traceparent</c>; null when nobody listens.</param>
    /// <returns>The span; null when the device is not one of those.</returns>
    public Span? Start(ulong seed, string deviceId, string? parent)
    {
        if (options.Every == 0 || parent is null)
        {
            return null;
        }

        var random = Prf.Sequence(seed, Purpose.DeviceSpans, DevicePosition.Of(deviceId));
        return random.NextInt32(options.Every) != 0
            ? null
            : SheafTelemetry.Start("device", parent)?.SetTag("sheaf.device.hash", random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture));
    }
}

/// <summary>Of how many devices one has spans.</summary>
public sealed class DeviceSpanOptions
{
    /// <summary>Of how many.</summary>
    /// <value>0 (none) to 1,000,000,000. Default: 0.</value>
    public int Every { get; init; }
}
