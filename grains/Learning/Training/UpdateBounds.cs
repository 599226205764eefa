namespace Sheaf.Learning.Training;

/// <summary>What an update must satisfy before it is folded.</summary>
public sealed record UpdateBounds
{
    /// <summary>An update with a larger ℓ² norm is scaled down to this norm, above 0. Default: 10.</summary>
    public double ClipNorm { get; init; } = 10;

    /// <summary>An update with a larger ℓ² norm is refused as diverged, at least <see cref="ClipNorm"/>. Default: 1000.</summary>
    public double RejectNorm { get; init; } = 1000;
}
