namespace Sheaf.Client.Studies;

/// <summary>What a device may keep, and for how long. What exceeds it is deleted.</summary>
internal sealed record RetentionSection
{
    /// <summary>The most examples a device keeps, the newest: at least 1, or null (the default) for all.</summary>
    public int? ExamplesMax { get; init; }

    /// <summary>The age in days at which an example is deleted: 0.001 to 36,500, or null (the default) for never.</summary>
    public double? AgeMaxDays { get; init; }
}
