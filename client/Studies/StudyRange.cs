namespace Sheaf.Client.Studies;

/// <summary>The values that a number of a study may have.</summary>
/// <param name="Low">The least.</param>
/// <param name="High">The most.</param>
internal sealed record StudyRange(double Low, double High)
{
    /// <summary>Whether the number has to be above the least. Default: false.</summary>
    public bool IsLowOut { get; init; }

    /// <summary>Whether the number has to be below the most. Default: false.</summary>
    public bool IsHighOut { get; init; }
}
