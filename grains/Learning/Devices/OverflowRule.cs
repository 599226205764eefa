namespace Sheaf.Learning.Devices;

/// <summary>Which examples go when a device holds more than it may.</summary>
public enum OverflowRule
{
    /// <summary>The oldest: what stays is the newest.</summary>
    OldestFirst,

    /// <summary>
    /// Any with the same chance: what stays is a uniform sample of everything that ever arrived, the examples with the least pseudo-random
    /// priorities (bottom-k sampling: Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007).
    /// </summary>
    Reservoir,
}
