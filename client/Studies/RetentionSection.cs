namespace Sheaf.Client.Studies;

/// <summary>What a device may keep, and for how long. What exceeds it is deleted.</summary>
internal sealed record RetentionSection
{
    /// <summary>The most examples a device keeps, the newest: at least 1, or null (the default) for all.</summary>
    public int? ExamplesMax { get; init; }

    /// <summary>The age in days at which an example is deleted: above 0, at most 36,500, or null (the default) for never.</summary>
    public double? AgeMaxDays { get; init; }
}
