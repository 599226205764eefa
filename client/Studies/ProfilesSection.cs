namespace Sheaf.Client.Studies;

/// <summary>How fast devices are and when they are online. Rounds go by a virtual clock, which starts at midnight and only the devices' work moves: a device
/// fetches the model, trains and sends its update, and evaluation takes no time. The defaults are no measurement of any fleet; a trace is.</summary>
internal sealed record ProfilesSection
{
    /// <summary>The median of the examples that a device trains on in a second, 0.001 to 1,000,000. Default: 50.</summary>
    public double ExamplesPerSecond { get; init; } = 50;

    /// <summary>How much devices differ in it, σ of its logarithm, 0 (not at all) to 5; with 0.7, two thirds are within a factor of 2 of the median.
    /// Default: 0.7.</summary>
    public double ComputeSpread { get; init; } = 0.7;

    /// <summary>The median of the megabits that reach a device in a second, 0.001 to 1,000,000. Default: 20.</summary>
    public double DownloadMbits { get; init; } = 20;

    /// <summary>The median of the megabits that a device sends in a second, 0.001 to 1,000,000. Default: 5.</summary>
    public double UploadMbits { get; init; } = 5;

    /// <summary>How much devices' networks differ, σ of the logarithm of their speed, 0 to 5; who receives fast sends fast. Default: 0.7.</summary>
    public double NetworkSpread { get; init; } = 0.7;

    /// <summary>How many times as many devices are online at the best hour of the day as at the worst, 1 (as many at all hours) to 1000; needs a
    /// <see cref="BehaviourSection.Availability"/> below (1 + 1/swing)/2. Default: 1.</summary>
    public double Swing { get; init; } = 1;

    /// <summary>The best hour of a device's own day, at least 0 and below 24. Default: 2.</summary>
    public double PeakHour { get; init; } = 2;

    /// <summary>Over how many hours the time zones of the devices are spread, 0 (one zone) to 24. Default: 0.</summary>
    public double ZoneHours { get; init; }

    /// <summary>How many minutes a device stays as it is, online or not: 0.1 to 10,080 (a week). Default: 30.</summary>
    public double SessionMinutes { get; init; } = 30;

    /// <summary>A file of real devices that the virtual ones follow, one JSON object a line, relative to the study's own:
    /// <c>{"examplesPerSecond": 50, "downloadMbits": 20, "uploadMbits": 5, "online": [[0, 8.5], [22, 24]]}</c>, with hours from the beginning of the trace;
    /// without "online" a device always is. It takes the place of all other fields but <see cref="TraceHours"/>. Default: null.</summary>
    public string? TraceFile { get; init; }

    /// <summary>After how many hours the trace begins anew: 0.1 to 87,600 (ten years). Default: 168, a week.</summary>
    public double TraceHours { get; init; } = 168;
}
